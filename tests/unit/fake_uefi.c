/* SPDX-License-Identifier: MIT */
#include "fake_uefi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/print.h"
#include "boot/boot.h"
#include "console/log.h"
#include "cpu/cpu.h"

struct fake_uefi fake;
jmp_buf fake_halt_point;
bool fake_expect_halt;

/* The code of the hand-over, across a page boundary. */
__attribute__((aligned(4096))) const char handover_page[3 * 4096];
__asm__(".globl handover_switch_start, handover_switch_end\n"
        ".set handover_switch_start, handover_page + 4000\n"
        ".set handover_switch_end, handover_page + 4200\n");

void fake_trace(const char *call)
{
    strncat(fake.trace, call, sizeof(fake.trace) - strlen(fake.trace) - 1);
    strncat(fake.trace, " ", sizeof(fake.trace) - strlen(fake.trace) - 1);
}

/* ---- What the application has from common/ ---- */

void log_message(enum log_level level, const char *format, ...)
{
    va_list arguments;

    (void)level;
    va_start(arguments, format);
    print_text_list(fake.logged, sizeof(fake.logged), format, arguments);
    va_end(arguments);
}

void log_screen_changed(void)
{
}

void log_error(enum log_level level, const struct error *error)
{
    (void)level;
    error_print(error, fake.logged, sizeof(fake.logged));
}

void boot(uint64_t entered)
{
    (void)entered;
    fake_trace("boot");
    cpu_halt();
}

void cpu_disable_interrupts(void)
{
    fake.interrupts_disabled++;
}

void cpu_halt(void)
{
    if (fake_expect_halt)
        longjmp(fake_halt_point, 1);
    fprintf(stderr, "halted: %s\n", fake.logged);
    abort();
}

/* ---- Services ---- */

static EFI_STATUS EFIAPI unexpected(void)
{
    fail_msg("a service that is not expected was called after: %s", fake.trace);
    return EFI_UNSUPPORTED;
}

static EFI_STATUS EFIAPI get_memory_map(UINTN *size, EFI_MEMORY_DESCRIPTOR *out, UINTN *key,
                                        UINTN *descriptor_size, UINT32 *version)
{
    UINTN needed = fake.descriptor_count * fake.descriptor_size + fake.stray_bytes;
    UINTN room = *size;

    fake_trace("GetMemoryMap");
    fake.descriptor_count += fake.growth;
    fake.growth = 0;
    *size = needed;
    *key = ++fake.key;
    *descriptor_size = fake.descriptor_size;
    *version = 1;
    if (fake.map_status != EFI_SUCCESS)
        return fake.map_status;
    if (room < needed)
        return EFI_BUFFER_TOO_SMALL;
    memset(out, 0xee, needed);
    for (UINTN i = 0; i < needed / fake.descriptor_size; i++) {
        UINTN length = fake.descriptor_size < sizeof(*out) ? fake.descriptor_size : sizeof(*out);

        memcpy((char *)out + i * fake.descriptor_size, &fake.descriptors[i], length);
    }
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI exit_boot_services(EFI_HANDLE image, UINTN key)
{
    fake_trace("ExitBootServices");
    assert_ptr_equal(image, uefi.image);
    if (fake.exit_failures > 0) {
        fake.exit_failures--;
        return EFI_INVALID_PARAMETER;
    }
    return key == fake.key ? EFI_SUCCESS : EFI_INVALID_PARAMETER;
}

static EFI_STATUS EFIAPI allocate_pool(EFI_MEMORY_TYPE type, UINTN size, void **out)
{
    fake_trace("AllocatePool");
    assert_int_equal(type, EfiLoaderData);
    if (++fake.allocations == fake.fail_allocation)
        return EFI_OUT_OF_RESOURCES;
    *out = malloc(size);
    assert_non_null(*out);
    memset(*out, 0xdd, size);
    fake.blocks++;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI free_pool(void *block)
{
    fake_trace("FreePool");
    assert_non_null(block);
    free(block);
    fake.blocks--;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI allocate_pages(EFI_ALLOCATE_TYPE kind, EFI_MEMORY_TYPE type, UINTN pages,
                                        EFI_PHYSICAL_ADDRESS *address)
{
    (void)pages;
    fake_trace("AllocatePages");
    fake.pages_kind = kind;
    fake.pages_type = type;
    fake.pages_address = *address;
    return fake.pages_status;
}

static EFI_STATUS EFIAPI free_pages(EFI_PHYSICAL_ADDRESS address, UINTN pages)
{
    (void)pages;
    fake_trace("FreePages");
    fake.pages_address = address;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI handle_protocol(EFI_HANDLE handle, EFI_GUID *guid, void **out)
{
    for (unsigned i = 0; i < fake.protocol_count; i++) {
        if (fake.protocols[i].handle == handle &&
            memcmp(&fake.protocols[i].guid, guid, sizeof(*guid)) == 0) {
            *out = fake.protocols[i].interface;
            return EFI_SUCCESS;
        }
    }
    return EFI_UNSUPPORTED;
}

static EFI_STATUS EFIAPI locate_handle_buffer(EFI_LOCATE_SEARCH_TYPE type, EFI_GUID *guid,
                                              void *key, UINTN *count, EFI_HANDLE **out)
{
    UINTN found = 0;
    EFI_HANDLE *handles = malloc(sizeof(*handles) * FAKE_PROTOCOLS_MAX);

    assert_int_equal(type, ByProtocol);
    assert_null(key);
    for (unsigned i = 0; i < fake.protocol_count; i++) {
        if (memcmp(&fake.protocols[i].guid, guid, sizeof(*guid)) == 0)
            handles[found++] = fake.protocols[i].handle;
    }
    if (found == 0) {
        free(handles);
        return EFI_NOT_FOUND;
    }
    fake.blocks++;
    *count = found;
    *out = handles;
    return EFI_SUCCESS;
}

/* Bytes of a path without its end node. */
static size_t path_length(const EFI_DEVICE_PATH *path)
{
    size_t length = 0;

    while (((const EFI_DEVICE_PATH *)((const char *)path + length))->Type != END_DEVICE_PATH_TYPE)
        length += DevicePathNodeLength((const EFI_DEVICE_PATH *)((const char *)path + length));
    return length;
}

/* UEFI 2.10, 7.3.10: of the handles with the protocol the one whose path is the longest prefix. */
static EFI_STATUS EFIAPI locate_device_path(EFI_GUID *guid, EFI_DEVICE_PATH **path, EFI_HANDLE *out)
{
    EFI_GUID path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
    size_t length = path_length(*path), best = 0;

    fake_trace("LocateDevicePath");
    for (unsigned i = 0; i < fake.protocol_count; i++) {
        void *candidate;

        if (memcmp(&fake.protocols[i].guid, guid, sizeof(*guid)) != 0 ||
            handle_protocol(fake.protocols[i].handle, &path_guid, &candidate) != EFI_SUCCESS)
            continue;
        size_t prefix = path_length(candidate);
        if (prefix > best && prefix <= length && memcmp(*path, candidate, prefix) == 0) {
            best = prefix;
            *out = fake.protocols[i].handle;
        }
    }
    if (best == 0)
        return EFI_NOT_FOUND;
    *path = (EFI_DEVICE_PATH *)((char *)*path + best);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI set_watchdog_timer(UINTN seconds, UINT64 code, UINTN size, CHAR16 *data)
{
    fake_trace("SetWatchdogTimer");
    assert_int_equal(seconds, 0);
    assert_int_equal(code, 0);
    assert_int_equal(size, 0);
    assert_null(data);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI leave_application(EFI_HANDLE image, EFI_STATUS status, UINTN size,
                                           CHAR16 *data)
{
    fake_trace("Exit");
    assert_ptr_equal(image, uefi.image);
    assert_int_equal(status, EFI_LOAD_ERROR);
    assert_int_equal(size, 0);
    assert_null(data);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI reset_system(EFI_RESET_TYPE type, EFI_STATUS status, UINTN size,
                                      CHAR16 *data)
{
    fake_trace("ResetSystem");
    assert_int_equal(type, EfiResetCold);
    assert_true(EFI_ERROR(status));
    assert_int_equal(size, 0);
    assert_null(data);
    return EFI_SUCCESS;
}

/* ---- The firmware as a whole ---- */

static void fill_with_traps(void *table, size_t size)
{
    for (size_t offset = sizeof(EFI_TABLE_HEADER); offset < size; offset += sizeof(void *)) {
        EFI_STATUS(EFIAPI * trap)(void) = unexpected;

        memcpy((char *)table + offset, &trap, sizeof(trap));
    }
}

int fake_start(void **state)
{
    static int image;

    (void)state;
    memset(&fake, 0, sizeof(fake));
    fill_with_traps(&fake.boot, sizeof(fake.boot));
    fill_with_traps(&fake.runtime, sizeof(fake.runtime));
    fake.boot.GetMemoryMap = get_memory_map;
    fake.boot.ExitBootServices = exit_boot_services;
    fake.boot.AllocatePool = allocate_pool;
    fake.boot.FreePool = free_pool;
    fake.boot.AllocatePages = allocate_pages;
    fake.boot.FreePages = free_pages;
    fake.boot.HandleProtocol = handle_protocol;
    fake.boot.LocateHandleBuffer = locate_handle_buffer;
    fake.boot.LocateDevicePath = locate_device_path;
    fake.boot.SetWatchdogTimer = set_watchdog_timer;
    fake.boot.Exit = leave_application;
    fake.runtime.ResetSystem = reset_system;
    fake.system.Hdr.Revision = 1 << 16 | 10; /* EFI 1.10: nothing newer may be needed */
    fake.system.BootServices = &fake.boot;
    fake.system.RuntimeServices = &fake.runtime;
    fake.descriptor_size = 48;
    fake.descriptor_count = 124;
    for (UINTN i = 0; i < FAKE_DESCRIPTORS_MAX; i++)
        fake.descriptors[i] = (EFI_MEMORY_DESCRIPTOR){
            .Type = EfiConventionalMemory,
            .PhysicalStart = (i + 1) << 24,
            .NumberOfPages = i + 1,
            .Attribute = EFI_MEMORY_WB,
        };
    uefi = (struct uefi){.image = &image, .system = &fake.system};
    return 0;
}

int fake_end(void **state)
{
    (void)state;
    if (uefi.descriptors != NULL) {
        free(uefi.descriptors);
        free(uefi.regions);
        fake.blocks -= 2;
    }
    assert_int_equal(fake.blocks, 0);
    return 0;
}

void fake_add_protocol(EFI_HANDLE handle, EFI_GUID guid, void *interface)
{
    assert_true(fake.protocol_count < FAKE_PROTOCOLS_MAX);
    fake.protocols[fake.protocol_count].handle = handle;
    fake.protocols[fake.protocol_count].guid = guid;
    fake.protocols[fake.protocol_count++].interface = interface;
}

uint64_t cpu_read_tsc(void)
{
    return 1;
}
