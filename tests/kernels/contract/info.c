/* SPDX-License-Identifier: MIT */
#include "contract.h"

static void check_version(const struct bowline_info *boot)
{
    promise("5.1");
    CHECK_EQUAL(boot->magic, BOWLINE_INFO_MAGIC);
    CHECK(boot->size >= sizeof(*boot));
    CHECK_EQUAL(boot->version_major, BOWLINE_VERSION_MAJOR);
    CHECK(boot->version_minor >= BOWLINE_VERSION_MINOR);
    CHECK(memcmp(boot->loader_name, "Bowline ", 8) == 0);
    CHECK(BOWLINE_HAS(boot, bsp_apic_id));
}

/* UEFI 2.10, 4.3: an EFI_TABLE_HEADER, and pointers and such. */
enum { SYSTEM_TABLE_SIZE_32 = 72, SYSTEM_TABLE_SIZE_64 = 120 };

static void check_system_table(const struct bowline_info *boot)
{
    const uint8_t *table = (const uint8_t *)(boot->direct_map + boot->efi_system_table_phys);
    bool is_32_bit = boot->flags & BOWLINE_IS_UEFI_32;
    uint32_t size;

    promise("5.15");
    CHECK(memcmp(table, "IBI SYST", 8) == 0);
    promise("5.25");
    memcpy(&size, table + 12, sizeof(size));
    CHECK_EQUAL(size, is_32_bit ? SYSTEM_TABLE_SIZE_32 : SYSTEM_TABLE_SIZE_64);
}

static void check_firmware(const struct bowline_info *boot)
{
    bool is_bios = boot->firmware == BOWLINE_FIRMWARE_BIOS;

    say("contract: firmware %s\n", firmware_name(boot));
    CHECK(is_bios || boot->firmware == BOWLINE_FIRMWARE_UEFI);
    CHECK(!fact_is(boot, is_bios ? "firmware=uefi" : "firmware=bios"));
    CHECK(!is_bios || !fact_is(boot, "firmware=ia32"));
    promise("5.25");
    CHECK_EQUAL(boot->flags & BOWLINE_IS_UEFI_32,
                fact_is(boot, "firmware=ia32") ? BOWLINE_IS_UEFI_32 : 0);
    promise("5.15");
    CHECK_EQUAL(boot->efi_system_table_phys == 0, is_bios);
    if (!is_bios)
        check_system_table(boot);
    promise("5.24");
    CHECK_EQUAL(boot->flags & BOWLINE_IS_SECURE_BOOT,
                fact_is(boot, "secure-boot") ? BOWLINE_IS_SECURE_BOOT : 0);
}

static uint8_t sum_of(const uint8_t *bytes, size_t size)
{
    uint8_t sum = 0;

    while (size-- > 0)
        sum = (uint8_t)(sum + *bytes++);
    return sum;
}

/* ACPI specification 6.5, section 5.2.5.3. */
static void check_rsdp(const struct bowline_info *boot)
{
    const uint8_t *rsdp = (const uint8_t *)(boot->direct_map + boot->rsdp_phys);

    promise("5.13");
    CHECK(boot->rsdp_phys != 0);
    CHECK(memcmp(rsdp, "RSD PTR ", 8) == 0);
    CHECK_EQUAL(sum_of(rsdp, 20), 0);
    if (boot->firmware == BOWLINE_FIRMWARE_UEFI) /* OVMF has ACPI 1 and 2: the newer comes first */
        CHECK(rsdp[15] >= 2);
    if (rsdp[15] >= 2)
        CHECK_EQUAL(sum_of(rsdp, 36), 0);
}

/* DMTF DSP0134, 5.2: SeaBIOS and OVMF have at least one of the entry points. */
static void check_smbios(const struct bowline_info *boot)
{
    const uint8_t *old = (const uint8_t *)(boot->direct_map + boot->smbios_phys);
    const uint8_t *new = (const uint8_t *)(boot->direct_map + boot->smbios3_phys);

    promise("5.14");
    CHECK(boot->smbios_phys != 0 || boot->smbios3_phys != 0);
    if (boot->smbios_phys != 0)
        CHECK(memcmp(old, "_SM_", 4) == 0 && sum_of(old, old[5]) == 0);
    if (boot->smbios3_phys != 0)
        CHECK(memcmp(new, "_SM3_", 5) == 0 && sum_of(new, new[6]) == 0);
}

/* UEFI 2.10, 7.2.3, without what the firmware's version appends. */
struct efi_descriptor {
    uint32_t type, unused;
    uint64_t phys, virtual, pages, attributes;
};

/* What the firmware keeps is not given away, whatever else it says of the same memory. */
static void check_kept(const struct bowline_info *boot, const struct efi_descriptor *descriptor)
{
    enum { LOADER_CODE = 1, BOOT_SERVICES_DATA = 4, CONVENTIONAL = 7 };
    uint32_t type = descriptor->type;
    uint64_t end = descriptor->phys + descriptor->pages * PAGE_SIZE;

    if (type == CONVENTIONAL || (type >= LOADER_CODE && type <= BOOT_SERVICES_DATA))
        return;
    promise("5.5");
    CHECK(region_at(boot, descriptor->phys) != NULL);
    BOWLINE_FOR_EACH (region, boot->memory_map) {
        if (region->base >= end || region->base + region->length <= descriptor->phys)
            continue;
        promise("5.5");
        CHECK(region->kind != BOWLINE_MEMORY_USABLE);
        CHECK(region->kind != BOWLINE_MEMORY_LOADER_RECLAIMABLE);
        promise("5.7");
        if (region->kind != BOWLINE_MEMORY_FRAMEBUFFER)
            CHECK_EQUAL(region->firmware_kind, type);
    }
}

/* UEFI's own memory map: runtime services and the system table lie in it. */
static void check_efi_memory_map(const struct bowline_info *boot)
{
    const uint8_t *map = boot->efi_memory_map;
    bool has_system_table = false, has_runtime = false;

    promise("5.15");
    if (boot->firmware == BOWLINE_FIRMWARE_BIOS) {
        CHECK(map == NULL);
        CHECK_EQUAL(boot->efi_memory_map_size, 0);
        return;
    }
    CHECK_EQUAL(boot->efi_descriptor_version, 1);
    CHECK(boot->efi_descriptor_size >= 40);
    CHECK_EQUAL(boot->efi_descriptor_size,
                fact_number(boot, "descriptor", boot->efi_descriptor_size));
    CHECK(boot->efi_memory_map_size >= 10 * boot->efi_descriptor_size);
    CHECK_EQUAL(boot->efi_memory_map_size % boot->efi_descriptor_size, 0);
    for (uint64_t i = 0; i < boot->efi_memory_map_size; i += boot->efi_descriptor_size) {
        struct efi_descriptor descriptor;

        memcpy(&descriptor, map + i, sizeof(descriptor));
        check_kept(boot, &descriptor);
        has_system_table |=
            boot->efi_system_table_phys - descriptor.phys < descriptor.pages * PAGE_SIZE;
        has_runtime |= (descriptor.attributes >> 63) != 0;
    }
    promise("5.15");
    CHECK(has_system_table);
    CHECK(has_runtime);
}

static void check_kernel(const struct bowline_info *boot)
{
    promise("5.10");
    CHECK_EQUAL(boot->kernel_base, code_start);
    CHECK_EQUAL(align_up(boot->kernel_size, PAGE_SIZE),
                align_up((uint64_t)(variables_end - code_start), PAGE_SIZE));
    CHECK_EQUAL(boot->kernel_slide, 0);
    CHECK(boot->kernel_entry - (uint64_t)code_start < (uint64_t)(code_end - code_start));
    CHECK_EQUAL(boot->stack_base % PAGE_SIZE, 0);
    promise("4.5");
    CHECK(boot->kernel_phys != 0);
    CHECK_EQUAL(boot->kernel_phys % PAGE_SIZE, 0);
    promise("2.11");
    CHECK_EQUAL(boot->stack_size, fact_number(boot, "stack", 64 * KIB));
}

/* RDRAND: every processor with RDSEED has it. */
static bool has_random_numbers(void)
{
    uint32_t a = 1, b, c = 0, d;

    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return (c >> 30 & 1) != 0;
}

/* The first segment, which is our code: its bytes in the file, and as they lie in memory. */
__attribute__((unused)) static void check_file_copy(const uint8_t *file)
{
    uint64_t headers, offset;

    memcpy(&headers, file + 32, sizeof(headers)); /* e_phoff */
    memcpy(&offset, file + headers + 8, sizeof(offset));
    CHECK(memcmp(file + offset, code_start, (size_t)(code_end - code_start)) == 0);
}

/* What is there only for kernels that ask for it. */
static void check_extras(const struct bowline_info *boot)
{
#ifdef CONTRACT_EXTRAS
    promise("2.10");
    CHECK(boot->recursive_index != 0);
    promise("4.14");
    CHECK(memcmp(boot->kernel_file, "\177ELF", 4) == 0);
    CHECK(boot->kernel_file_size > (uint64_t)(variables_file_end - code_start));
    check_file_copy(boot->kernel_file);
    promise("2.9");
    CHECK(boot->direct_map != UINT64_C(0xffff800000000000)); /* where it is without randomisation */
    CHECK(boot->direct_map != UINT64_C(0xff00000000000000)); /* and with five levels */
#else
    promise("2.2");
    CHECK_EQUAL(boot->recursive_index, 0);
    CHECK(boot->kernel_file == NULL);
    CHECK_EQUAL(boot->kernel_file_size, 0);
#endif
    promise("5.20");
    if (has_random_numbers())
        CHECK(boot->flags & BOWLINE_IS_ENTROPY_STRONG);
    else if (boot->firmware == BOWLINE_FIRMWARE_BIOS)
        CHECK(!(boot->flags & BOWLINE_IS_ENTROPY_STRONG));
    for (size_t i = 1; i < 8; i++)
        CHECK(boot->entropy[i] != boot->entropy[i - 1]);
    if (fact_is(boot, "entropy=strong"))
        CHECK(boot->flags & BOWLINE_IS_ENTROPY_STRONG);
    if (fact_is(boot, "entropy=weak"))
        CHECK(!(boot->flags & BOWLINE_IS_ENTROPY_STRONG));
}

static bool has_five_levels(void)
{
    uint32_t a = 7, b, c = 0, d;

    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return (c >> 16 & 1) != 0;
}

/* Five levels for those who ask for them, and for nobody else. */
static void check_levels(const struct bowline_info *boot)
{
    promise("2.13");
#if defined(CONTRACT_EXTRAS) || defined(CONTRACT_LA57)
    CHECK_EQUAL(boot->flags & BOWLINE_IS_LA57, has_five_levels() ? BOWLINE_IS_LA57 : 0);
#else
    (void)has_five_levels;
    CHECK_EQUAL(boot->flags & BOWLINE_IS_LA57, 0);
#endif
}

/* What comes with later versions reads 0, and every array says how large its items are. */
static void check_absent(const struct bowline_info *boot)
{
    promise("5.22");
    CHECK(boot->tls_template == NULL);
    promise("5.1");
    CHECK(boot->tcg_log == NULL);
    CHECK_EQUAL(boot->cpus.count, 0);
    promise("5.2");
    CHECK(boot->memory_map.stride >= sizeof(struct bowline_memory_region));
    CHECK(boot->framebuffers.stride >= sizeof(struct bowline_framebuffer));
    CHECK(boot->modules.stride >= sizeof(struct bowline_module));
    CHECK(boot->timestamps.stride >= sizeof(struct bowline_timestamp));
    CHECK(boot->cpus.stride >= sizeof(struct bowline_cpu));
}

/* Behind a module its last page is filled up with zeros. */
static void check_last_page(const struct bowline_module *module)
{
    const uint8_t *bytes = module->address;

    promise("4.9");
    for (uint64_t i = module->size; i < align_up(module->size, PAGE_SIZE); i++)
        CHECK_EQUAL(bytes[i], 0);
    promise("5.11");
}

/* A module tells its size and its arguments by its name: "NAME-SIZE", and "arguments of NAME". */
static void check_modules(const struct bowline_info *boot)
{
    uint64_t count = 0;

    promise("5.11");
    BOWLINE_FOR_EACH (module, boot->modules) {
        static const char prefix[] = "arguments of ";
        const char *number = module->name;
        uint64_t size = 0;

        CHECK(memcmp(module->arguments, prefix, sizeof(prefix) - 1) == 0);
        CHECK(strcmp(module->arguments + sizeof(prefix) - 1, module->name) == 0);
        while (*number != '-' && *number != '\0')
            number++;
        while (*number != '\0' && *++number != '\0')
            size = size * 10 + (uint64_t)(*number - '0');
        CHECK_EQUAL(module->size, size);
        CHECK_EQUAL((uint64_t)module->address % PAGE_SIZE, 0);
        CHECK_EQUAL(module->phys % PAGE_SIZE, 0);
        CHECK_EQUAL(module->address == NULL, size == 0);
        check_module(module);
        check_last_page(module);
        count++;
    }
    CHECK_EQUAL(count, boot->modules.count);
    CHECK_EQUAL(count, fact_number(boot, "modules", 0));
}

/* Each later than the one before, by the same counter that the kernel reads. */
static void check_times(const struct bowline_info *boot)
{
    static const char *const names[] = {"firmware entry", "core entered", "kernel read", "mapped",
                                        "handed over"};
    uint64_t first = boot->timestamps.items->tsc, last = 0, index = 0;

    promise("5.18");
    BOWLINE_FOR_EACH (timestamp, boot->timestamps) {
        CHECK(index < 5);
        CHECK(strcmp(timestamp->name, names[index++]) == 0);
        CHECK(timestamp->tsc > last);
        last = timestamp->tsc;
    }
    CHECK_EQUAL(index, 5);
    CHECK(__builtin_ia32_rdtsc() > last);
    promise("5.19");
    CHECK(boot->tsc_hz > 100 * UINT64_C(1000000) && boot->tsc_hz < 20 * UINT64_C(1000000000));
    uint64_t milliseconds = (last - first) / (boot->tsc_hz / 1000);
    say("contract: %lu ms in the loader\n", milliseconds);
    CHECK(milliseconds <= fact_number(boot, "milliseconds", milliseconds));
    promise("5.17");
    CHECK(boot->boot_time > UINT64_C(1700000000)); /* 2023: QEMU's clock is the host's */
    CHECK(boot->boot_time < UINT64_C(7258118400)); /* 2200 */
}

static void check_log(const struct bowline_info *boot)
{
    static const char start[] = "bowline: ";

    promise("5.21");
    CHECK(boot->log_size > sizeof(start));
    CHECK(memcmp(boot->log, start, sizeof(start) - 1) == 0);
    CHECK(boot->log[boot->log_size - 1] == '\n');
}

/* All of what the info points to lies where the info itself lies, one piece without gaps. */
static void check_text(const struct bowline_info *boot, const char *text)
{
    struct mapping mapping;

    CHECK(text != NULL);
    CHECK((uint64_t)text > (uint64_t)boot && (uint64_t)text - (uint64_t)boot < 64 * MIB);
    for (;; text++) {
        CHECK(find_mapping(boot, (uint64_t)text, &mapping));
        if (*text == '\0')
            return;
    }
}

static void check_pointers(const struct bowline_info *boot)
{
    promise("5.3");
    check_text(boot, boot->loader_name);
    check_text(boot, boot->command_line);
    check_text(boot, boot->boot_device->kernel_path);
    BOWLINE_FOR_EACH (module, boot->modules) {
        check_text(boot, module->name);
        check_text(boot, module->arguments);
    }
    BOWLINE_FOR_EACH (timestamp, boot->timestamps)
        check_text(boot, timestamp->name);
    promise("5.23");
    uint64_t length = strlen(boot->command_line);
    CHECK_EQUAL(length, fact_number(boot, "length", length));
}

/* In the usual form: the first three groups are little-endian numbers. */
static void say_guid(const char *what, const uint8_t bytes[16], bool is_expected)
{
    uint32_t first;
    uint16_t second, third;
    uint8_t any = 0;

    memcpy(&first, bytes, sizeof(first));
    memcpy(&second, bytes + 4, sizeof(second));
    memcpy(&third, bytes + 6, sizeof(third));
    say("contract: %s %08x-%04x-%04x-%02x%02x-", what, first, second, third, bytes[8], bytes[9]);
    for (size_t i = 10; i < 16; i++)
        say("%02x", bytes[i]);
    say("\n");
    for (size_t i = 0; i < 16; i++)
        any |= bytes[i];
    CHECK((any != 0) == is_expected);
}

/* This kernel is booted from images of mkimage: whether the identities are right, only somebody who
 * knows the image can tell. */
static void check_boot_disk(const struct bowline_info *boot)
{
    const struct bowline_boot_device *device = boot->boot_device;
    bool is_gpt = !fact_is(boot, "mbr");

    say_guid("disk", device->disk_guid, is_gpt);
    say_guid("partition", device->partition_guid, is_gpt);
    say("contract: partition number %lu, disk signature %08lx\n", device->partition_number,
        device->mbr_signature);
    if (is_gpt)
        CHECK(memcmp(device->disk_guid, device->partition_guid, sizeof(device->disk_guid)) != 0);
    CHECK_EQUAL(device->partition_number, is_gpt ? 2 : 1);
    CHECK(device->mbr_signature != 0 && device->mbr_signature <= UINT32_MAX);
    if (boot->firmware == BOWLINE_FIRMWARE_BIOS)
        CHECK(device->bios_drive >= 0x80 && device->bios_drive <= 0xff);
    else
        CHECK_EQUAL(device->bios_drive, 0);
}

/* UEFI boots from a disc without a partition, and nothing else leads it to the disc's identity; a
 * network has none at all. */
static void check_no_boot_disk(const struct bowline_boot_device *device)
{
    static const uint8_t none[sizeof(device->disk_guid)];

    CHECK(memcmp(device->disk_guid, none, sizeof(none)) == 0);
    CHECK(memcmp(device->partition_guid, none, sizeof(none)) == 0);
    CHECK_EQUAL(device->partition_number, 0);
    CHECK_EQUAL(device->mbr_signature, 0);
    CHECK_EQUAL(device->bios_drive, 0);
}

static void check_boot_device(const struct bowline_info *boot)
{
    const struct bowline_boot_device *device = boot->boot_device;
    uint64_t server = fact_number(boot, "server", 0);
    bool is_disc = boot->firmware == BOWLINE_FIRMWARE_UEFI && fact_is(boot, "disc");

    promise("5.16");
    CHECK(device != NULL);
    CHECK(device->size >= sizeof(*device));
    CHECK_EQUAL(device->server_ip4, server);
    if (server != 0 || is_disc)
        check_no_boot_disk(device);
    else
        check_boot_disk(boot);
    CHECK(strcmp(device->kernel_path, fact_is(boot, "packed") ? "/kernel.elf.gz" : "/kernel.elf") ==
          0);
    promise("5.26");
    bool has_state = server == 0 && !fact_is(boot, "disc");
    CHECK_EQUAL(device->state_offset, fact_number(boot, "state", has_state ? 0xe0000 : 0));
    CHECK_EQUAL(device->slot, fact_number(boot, "slot", 0));
    CHECK_EQUAL(device->attempts_left, fact_number(boot, "attempts", 0));
}

void check_info(const struct bowline_info *boot)
{
    check_version(boot);
    check_firmware(boot);
    check_rsdp(boot);
    check_smbios(boot);
    check_efi_memory_map(boot);
    check_kernel(boot);
    check_boot_device(boot);
    check_extras(boot);
    check_absent(boot);
    check_levels(boot);
    check_pointers(boot);
    check_modules(boot);
    check_log(boot);
    check_times(boot);
}

static void check_channel(const struct bowline_framebuffer *framebuffer, uint64_t shift,
                          uint64_t bits)
{
    CHECK(bits >= 5);
    CHECK(shift + bits <= framebuffer->bits_per_pixel);
}

/* Every pixel can be written, and reads back. */
static void paint(const struct bowline_framebuffer *framebuffer)
{
    uint64_t bytes = framebuffer->bits_per_pixel / 8;

    for (uint64_t y = 0; y < framebuffer->height; y++) {
        uint8_t *line = (uint8_t *)framebuffer->address + y * framebuffer->pitch;
        volatile uint8_t *last = line + (framebuffer->width - 1) * bytes;

        memset(line, (int)(y & 0xff), framebuffer->width * bytes);
        CHECK_EQUAL(*last, y & 0xff);
    }
}

void check_framebuffer(const struct bowline_info *boot)
{
    promise("5.12");
    CHECK_EQUAL(boot->framebuffers.count, fact_number(boot, "framebuffer", 1));
    BOWLINE_FOR_EACH (framebuffer, boot->framebuffers) {
        say("contract: framebuffer %lu x %lu, %lu bits\n", framebuffer->width, framebuffer->height,
            framebuffer->bits_per_pixel);
        CHECK(framebuffer->width > 0 && framebuffer->height > 0);
        CHECK_EQUAL(framebuffer->phys, fact_number(boot, "framebuffer-at", framebuffer->phys));
        CHECK(framebuffer->bits_per_pixel == 16 || framebuffer->bits_per_pixel == 24 ||
              framebuffer->bits_per_pixel == 32);
        CHECK(framebuffer->pitch >= framebuffer->width * framebuffer->bits_per_pixel / 8);
        CHECK_EQUAL(framebuffer->caching, BOWLINE_CACHING_WRITE_COMBINING);
        check_channel(framebuffer, framebuffer->red_shift, framebuffer->red_bits);
        check_channel(framebuffer, framebuffer->green_shift, framebuffer->green_bits);
        check_channel(framebuffer, framebuffer->blue_shift, framebuffer->blue_bits);
        CHECK(framebuffer->modes.count > 0);
        paint(framebuffer);
    }
}
