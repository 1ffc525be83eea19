/* SPDX-License-Identifier: MIT */
/*
 * The PE files that the firmware will load, for 64-bit and for 32-bit firmware, read anew from its
 * bytes and by objdump: strict firmware refuses writable code, sections off a page, and a wrong
 * checksum.
 */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/units.h"

/* Offsets from the PE signature (PE/COFF 2.2 to 2.4). */
enum {
    SECTION_COUNT = 6,
    TIMESTAMP = 8,
    OPTIONAL_SIZE = 20,
    CHARACTERISTICS = 22,
    MAGIC = 24,
    ENTRY = 40,
    SECTION_ALIGNMENT = 56,
    FILE_ALIGNMENT = 60,
    IMAGE_SIZE = 80,
    HEADERS_SIZE = 84,
    CHECKSUM = 88,
    SUBSYSTEM = 92,
    DLL_CHARACTERISTICS = 94,
};

/* What is different. */
struct application {
    const char *path;
    uint16_t machine, magic;
    unsigned directories;    /* offset */
    unsigned address_size;   /* bytes */
    unsigned relocation;     /* type */
    uint64_t size_max;       /* bytes, with everything that it will ever have */
    const char *file_format; /* as objdump calls these */
    const char *relocation_name;
};

static const struct application for_64_bit = {
    .path = UEFI_DIRECTORY "/BOOTX64.EFI",
    .machine = 0x8664,
    .magic = 0x20b,
    .directories = 24 + 112,
    .address_size = 8,
    .relocation = 10,
    .size_max = 112 * KIB,
    .file_format = "pei-x86-64",
    .relocation_name = "DIR64",
};

static const struct application for_32_bit = {
    .path = UEFI_DIRECTORY "/BOOTIA32.EFI",
    .machine = 0x14c,
    .magic = 0x10b,
    .directories = 24 + 96,
    .address_size = 4,
    .relocation = 3,
    .size_max = 152 * KIB,
    .file_format = "pei-i386",
    .relocation_name = "HIGHLOW",
};

static const struct application *application;
static uint8_t *file, *pe;
static uint64_t size;

static uint32_t word(unsigned offset)
{
    return load_le32(pe + offset);
}

static uint16_t half(unsigned offset)
{
    return load_le16(pe + offset);
}

static int load(const struct application *which)
{
    application = which;
    file = load_file(which->path, &size);
    assert_true(size > 0x400);
    assert_memory_equal(file, "MZ", 2);
    pe = file + load_le32(file + 0x3c);
    assert_memory_equal(pe, "PE\0\0", 4);
    return 0;
}

static int load_64_bit(void **state)
{
    (void)state;
    return load(&for_64_bit);
}

static int load_32_bit(void **state)
{
    (void)state;
    return load(&for_32_bit);
}

static int unload(void **state)
{
    (void)state;
    free(file);
    return 0;
}

static const uint8_t *section(unsigned index)
{
    return pe + MAGIC + half(OPTIONAL_SIZE) + 40 * index;
}

/* The section with this name, or a failed test. */
static const uint8_t *section_called(const char *name)
{
    for (unsigned i = 0; i < half(SECTION_COUNT); i++) {
        if (strncmp((const char *)section(i), name, 8) == 0)
            return section(i);
    }
    fail_msg("no section %s", name);
    return NULL;
}

static void is_an_application_that_needs_no_executable_data(void **state)
{
    (void)state;
    assert_int_equal(half(4), application->machine);
    assert_int_equal(half(MAGIC), application->magic);
    assert_int_equal(half(SUBSYSTEM), 10);
    assert_int_equal(half(DLL_CHARACTERISTICS), 0x0140); /* NX_COMPAT, DYNAMIC_BASE */
    assert_int_equal(half(CHARACTERISTICS) & 0x0003, 2); /* executable, relocations not stripped */
    assert_int_equal(word(SECTION_ALIGNMENT), 4096);
}

static void is_small(void **state)
{
    (void)state;
    assert_true(size <= application->size_max);
}

static void is_the_same_every_day(void **state)
{
    (void)state;
    assert_int_equal(word(TIMESTAMP), 0);
}

static void has_the_right_checksum(void **state)
{
    uint64_t sum = 0;

    (void)state;
    assert_int_equal(size % 2, 0);
    for (uint64_t i = 0; i < size; i += 2)
        sum += load_le16(file + i);
    sum -= half(CHECKSUM);
    sum -= half(CHECKSUM + 2);
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    assert_int_equal(word(CHECKSUM), sum + size);
}

static void has_sound_sections(void **state)
{
    uint32_t address = 4096, offset = word(HEADERS_SIZE);

    (void)state;
    assert_true(half(SECTION_COUNT) >= 3);
    for (unsigned i = 0; i < half(SECTION_COUNT); i++) {
        const uint8_t *header = section(i);
        uint32_t virtual_size = load_le32(header + 8), raw_size = load_le32(header + 16);
        uint32_t flags = load_le32(header + 36);

        assert_int_equal(load_le32(header + 12), address); /* no gaps, whole pages */
        assert_true(virtual_size > 0);
        assert_int_not_equal(flags & 0xa0000000, 0xa0000000); /* never writable and executable */
        assert_int_equal(raw_size % word(FILE_ALIGNMENT), 0);
        if (raw_size != 0) {
            assert_int_equal(load_le32(header + 20), offset);
            offset += raw_size;
        }
        address += (virtual_size + 4095) / 4096 * 4096;
    }
    assert_int_equal(address, word(IMAGE_SIZE));
    assert_int_equal(offset, size); /* nothing behind the last one */

    assert_int_equal(load_le32(section_called(".text") + 36), 0x60000020);
    assert_int_equal(load_le32(section_called(".rodata") + 36), 0x40000040);
    assert_int_equal(load_le32(section_called(".seal") + 36), 0x40000040);
    assert_int_equal(load_le32(section_called(".data") + 36), 0xc0000040);
    assert_int_equal(load_le32(section_called(".reloc") + 36), 0x42000040);
}

static void starts_in_its_code(void **state)
{
    const uint8_t *text = section_called(".text");

    (void)state;
    assert_in_range(word(ENTRY), load_le32(text + 12),
                    load_le32(text + 12) + load_le32(text + 8) - 1);
}

/* Each place holds an address inside the image, and none lies in the code. */
static void can_be_moved(void **state)
{
    const uint8_t *text = section_called(".text"), *table = section_called(".reloc");
    const uint8_t *block = file + load_le32(table + 20);
    const unsigned relocations = application->directories + 5 * 8;
    uint32_t left = word(relocations + 4);

    (void)state;
    assert_int_equal(word(relocations), load_le32(table + 12));
    assert_int_equal(left, load_le32(table + 8));
    while (left > 0) {
        uint32_t page = load_le32(block), length = load_le32(block + 4);

        assert_in_range(length, 8, left);
        for (const uint8_t *entry = block + 8; entry < block + length; entry += 2) {
            uint32_t address = page + (load_le16(entry) & 0xfff);
            const uint8_t *owner = section(0);

            if (load_le16(entry) == 0) /* padding */
                continue;
            assert_int_equal(load_le16(entry) >> 12, application->relocation);
            assert_true(address >= load_le32(text + 12) + load_le32(text + 8));
            while (address >= load_le32(owner + 12) + load_le32(owner + 8))
                owner += 40;
            const uint8_t *place = file + load_le32(owner + 20) + address - load_le32(owner + 12);
            assert_in_range(application->address_size == 8 ? load_le64(place) : load_le32(place),
                            4096, word(IMAGE_SIZE) - 1);
        }
        left -= length;
        block += length;
    }
}

static void objdump_agrees(void **state)
{
    (void)state;
    run("objdump -p -h '%s' > uefi_application.txt", application->path);
    run("grep -q 'file format %s' uefi_application.txt", application->file_format);
    run("grep -q 'Subsystem.*(EFI application)' uefi_application.txt");
    run("grep -q NX_COMPAT uefi_application.txt");
    run("grep -q DYNAMIC_BASE uefi_application.txt");
    run("grep -A1 '^ *[0-9]* \\.text ' uefi_application.txt | grep -q 'READONLY, CODE'");
    run("grep -A1 '^ *[0-9]* \\.rodata ' uefi_application.txt | grep -q 'READONLY, DATA'");
    run("! grep -A1 '^ *[0-9]* \\.data ' uefi_application.txt | grep -E 'CODE|READONLY'");
    run("grep -q '%s' uefi_application.txt", application->relocation_name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_an_application_that_needs_no_executable_data),
        cmocka_unit_test(is_small),
        cmocka_unit_test(is_the_same_every_day),
        cmocka_unit_test(has_the_right_checksum),
        cmocka_unit_test(has_sound_sections),
        cmocka_unit_test(starts_in_its_code),
        cmocka_unit_test(can_be_moved),
        cmocka_unit_test(objdump_agrees),
    };

    return cmocka_run_group_tests(tests, load_64_bit, unload) +
           cmocka_run_group_tests(tests, load_32_bit, unload);
}
