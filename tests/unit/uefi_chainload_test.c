/* SPDX-License-Identifier: MIT */
#include "fake_uefi.h"
#include "support.h"

#include <string.h>

#include "../../uefi/http.h"
#include "base/units.h"
#include "firmware/chainload.h"
#include "firmware/volume.h"

static const char application[] = "an application";
static EFI_LOADED_IMAGE self, loaded;
static int device, new_image;
static struct settings settings;
static struct frames frames;
static struct error error;
static bool is_from_http;

/* The device's path, and the path that it is to get: the nodes are those of UEFI 2.10, 10.3. */
static const uint8_t disk_path[] = "\x02\x01\x0c\x00"
                                   "12345678\x7f\xff\x04\x00";
static const uint8_t file_path[] = "\x02\x01\x0c\x00"
                                   "12345678"
                                   "\x04\x04\x12\x00\\\0a\0\\\0b\0.\0\xe9\0\0\0\x7f\xff\x04\x00";
static const uint8_t card_path[] = "\x03\x0b\x06\x00"
                                   "ma\x03\x18\x05\x00"
                                   "x\x7f\xff\x04\x00";
static const uint8_t rest_path[] = "\x03\x0c\x05\x00"
                                   "4\x03\x18\x09\x00"
                                   "http:\x7f\xff\x04\x00";
static const uint8_t uri_path[] = "\x03\x0b\x06\x00"
                                  "ma\x03\x0c\x05\x00"
                                  "4"
                                  "\x03\x18\x19\x00"
                                  "http://h/d/a/b.%C3%A9\x7f\xff\x04\x00";

/* What LoadImage() and StartImage() do, and what they have been given. */
static EFI_STATUS load_status, start_status;
static bool makes_image;
static uint8_t path[64];
static CHAR16 options[64];
static UINT32 options_size;
static CHAR16 *exit_data;

/* ---- The rest of the loader ---- */

static struct memory_reader file;

static void close_file(struct reader *reader)
{
    (void)reader;
    fake.blocks--;
}

bool firmware_open_file(const char *name, struct reader **out, struct error *problem)
{
    if (strcmp(name, "/a/b.\u00e9") != 0)
        return FAIL(problem, FILE_NOT_FOUND) || error_in(problem, name);
    memory_reader_init(&file, application, sizeof(application));
    file.reader.close = close_file;
    fake.blocks++;
    *out = &file.reader;
    return true;
}

bool frames_allocate(struct frames *from, uint64_t pages, uint64_t alignment, enum frame_use use,
                     uint64_t *phys, struct error *problem)
{
    static _Alignas(4096) uint8_t memory[4096];

    (void)from, (void)problem;
    assert_int_equal(pages, 1);
    assert_int_equal(alignment, 4096);
    assert_int_equal(use, FRAMES_TEMPORARY);
    *phys = (uintptr_t)memory;
    return true;
}

void frames_give_back(struct frames *from, uint64_t phys, uint64_t pages)
{
    (void)from, (void)phys;
    assert_int_equal(pages, 1);
    fake_trace("give-back");
}

bool http_find_boot_uri(EFI_HANDLE handle, struct boot_uri *out)
{
    assert_ptr_equal(handle, &device);
    *out = (struct boot_uri){.root = "http://h/d/", .host = "h"};
    return is_from_http;
}

/* ---- Services ---- */

static EFI_STATUS EFIAPI load_image(BOOLEAN is_boot_policy, EFI_HANDLE parent,
                                    EFI_DEVICE_PATH *new_path, void *bytes, UINTN size,
                                    EFI_HANDLE *out)
{
    fake_trace("LoadImage");
    assert_false(is_boot_policy);
    assert_ptr_equal(parent, uefi.image);
    assert_int_equal(size, sizeof(application));
    assert_memory_equal(bytes, application, size);
    memcpy(path, new_path, sizeof(path));
    if (makes_image)
        *out = &new_image;
    return load_status;
}

static EFI_STATUS EFIAPI unload_image(EFI_HANDLE image)
{
    fake_trace("UnloadImage");
    assert_ptr_equal(image, &new_image);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI start_image(EFI_HANDLE image, UINTN *size, CHAR16 **data)
{
    fake_trace("StartImage");
    assert_ptr_equal(image, &new_image);
    options_size = loaded.LoadOptionsSize;
    if (options_size != 0)
        memcpy(options, loaded.LoadOptions, options_size);
    if (exit_data != NULL) {
        fake.boot.AllocatePool(EfiLoaderData, 8, (void **)data);
        *size = 8;
    }
    return start_status;
}

static int start(void **state)
{
    fake_start(state);
    fake.boot.LoadImage = load_image;
    fake.boot.StartImage = start_image;
    fake.boot.UnloadImage = unload_image;
    self = (EFI_LOADED_IMAGE){.DeviceHandle = &device};
    loaded = (EFI_LOADED_IMAGE){0};
    fake_add_protocol(uefi.image, (EFI_GUID)EFI_LOADED_IMAGE_PROTOCOL_GUID, &self);
    fake_add_protocol(&new_image, (EFI_GUID)EFI_LOADED_IMAGE_PROTOCOL_GUID, &loaded);
    fake_add_protocol(&device, (EFI_GUID)EFI_DEVICE_PATH_PROTOCOL_GUID, (void *)disk_path);
    settings = (struct settings){.application = "/a/b.\u00e9", .options = ""};
    error = (struct error){0};
    load_status = start_status = EFI_SUCCESS;
    makes_image = true;
    is_from_http = false;
    exit_data = NULL;
    return 0;
}

static void assert_fails(enum error_code code, const char *trace)
{
    void *prepared;

    fake.trace[0] = '\0';
    assert_false(firmware_prepare_chainload(&settings, &frames, &prepared, &error) &&
                 firmware_start_chainload(&settings, prepared, &error));
    assert_error(&error, code);
    assert_string_equal(fake.trace, trace);
}

static void starts_it_from_memory(void **state)
{
    (void)state;
    assert_fails(ERROR_CHAINLOAD_RETURNED, "LoadImage give-back StartImage ");
    assert_memory_equal(path, file_path, sizeof(file_path) - 1);
    assert_int_equal(options_size, 0);
    assert_int_equal(error.numbers[0], 0);
    assert_string_equal(error.object, "/a/b.\u00e9");
}

static void gives_it_options(void **state)
{
    (void)state;
    settings.options = "quiet \u20ac";
    assert_fails(ERROR_CHAINLOAD_RETURNED, "LoadImage give-back AllocatePool StartImage FreePool ");
    assert_int_equal(options_size, 16);
    assert_memory_equal(options, u"quiet \u20ac", 16);
    settings.options = "quiet";
    assert_fails(ERROR_CHAINLOAD_RETURNED, "LoadImage give-back AllocatePool StartImage FreePool ");
    assert_int_equal(options_size, 12);
}

static void tells_how_it_has_come_back(void **state)
{
    static CHAR16 data[] = u"bye";

    (void)state;
    exit_data = data;
    start_status = EFI_TIMEOUT;
    assert_fails(ERROR_CHAINLOAD_RETURNED, "LoadImage give-back StartImage AllocatePool FreePool ");
    assert_int_equal(error.numbers[0], EFI_TIMEOUT);
}

static void tells_why_it_is_refused(void **state)
{
    (void)state;
    load_status = EFI_SECURITY_VIOLATION;
    assert_fails(ERROR_CHAINLOAD_FORBIDDEN, "LoadImage UnloadImage give-back ");
    makes_image = false;
    load_status = EFI_ACCESS_DENIED;
    assert_fails(ERROR_CHAINLOAD_FORBIDDEN, "LoadImage give-back ");
    load_status = EFI_UNSUPPORTED;
    assert_fails(ERROR_CHAINLOAD_NO_APPLICATION, "LoadImage give-back ");
    assert_int_equal(error.numbers[0], EFI_UNSUPPORTED);
    load_status = EFI_SUCCESS;
    makes_image = true;
    start_status = EFI_SECURITY_VIOLATION;
    assert_fails(ERROR_CHAINLOAD_FORBIDDEN, "LoadImage give-back StartImage UnloadImage ");
}

static void does_not_start_another_file(void **state)
{
    (void)state;
    settings.application_hash.is_known = true;
    assert_fails(ERROR_HASH_DIFFERS, "");
    settings.application = "/missing";
    assert_fails(ERROR_FILE_NOT_FOUND, "");
    settings.application = NULL;
    settings.partition = 1;
    assert_fails(ERROR_CHAINLOAD_FIRMWARE, "");
}

static void goes_on_when_memory_is_short(void **state)
{
    (void)state;
    settings.options = "quiet";
    fake.fail_allocation = 1;
    assert_fails(ERROR_OUT_OF_MEMORY, "LoadImage give-back AllocatePool UnloadImage ");
}

static void needs_a_path(void **state)
{
    static uint8_t damaged[] = "\x02\x01\x00\x00";

    (void)state;
    fake.protocols[2].interface = damaged;
    assert_fails(ERROR_NO_BOOT_VOLUME, "give-back ");
    fake.protocol_count = 2;
    assert_fails(ERROR_NO_BOOT_VOLUME, "give-back ");
}

static void names_the_uri(void **state)
{
    (void)state;
    is_from_http = true;
    fake.protocols[2].interface = (void *)card_path;
    self.FilePath = (EFI_DEVICE_PATH *)rest_path;
    assert_fails(ERROR_CHAINLOAD_RETURNED, "LoadImage give-back StartImage ");
    assert_memory_equal(path, uri_path, sizeof(uri_path) - 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, start, fake_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(starts_it_from_memory),
        TEST(gives_it_options),
        TEST(tells_how_it_has_come_back),
        TEST(tells_why_it_is_refused),
        TEST(does_not_start_another_file),
        TEST(goes_on_when_memory_is_short),
        TEST(needs_a_path),
        TEST(names_the_uri),
    };

    return cmocka_run_group_tests_name("UEFI chainloading", tests, NULL, NULL);
}
