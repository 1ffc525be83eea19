/* SPDX-License-Identifier: MIT */
/* Disks that the established tools have made. */
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "format/gpt.h"
#include "support.h"

static void assert_disk(const char *path, uint32_t sector_size, uint64_t start, uint64_t size)
{
    struct memory_reader memory;
    struct gpt gpt;
    struct gpt_partition partition;
    struct error error;
    uint64_t length;
    uint8_t *bytes = load_file(path, &length);

    memory_reader_init(&memory, bytes, length);
    assert_true(gpt_read(&memory.reader, &gpt, &error));
    assert_int_equal(gpt.sector_size, sector_size);
    assert_false(gpt.is_backup);
    assert_true(gpt_find(&memory.reader, &gpt, &GPT_TYPE_ESP, &partition, &error));
    assert_int_equal(partition.number, 2);
    assert_int_equal(partition.start, start);
    assert_int_equal(partition.size, size);
    assert_true(gpt_find(&memory.reader, &gpt, &GPT_TYPE_BIOS_BOOT, &partition, &error));
    assert_int_equal(partition.number, 1);

    /* Without the primary table it is the backup that says the same. */
    memset(bytes + sector_size, 0, sector_size);
    assert_true(gpt_read(&memory.reader, &gpt, &error));
    assert_true(gpt.is_backup);
    assert_true(gpt_find(&memory.reader, &gpt, &GPT_TYPE_ESP, &partition, &error));
    assert_int_equal(partition.start, start);
    assert_int_equal(partition.size, size);
    free(bytes);
}

static void test_sgdisk(void **state)
{
    struct memory_reader memory;
    struct gpt gpt;
    struct gpt_entry entry;
    struct error error;
    uint64_t length;
    uint8_t *bytes;

    (void)state;
    run("rm -f gpt512.img; truncate -s 8M gpt512.img");
    run("sgdisk -a 1 -n 1:128:2047 -t 1:ef02 -n 2:2048:10239 -t 2:ef00 -c 2:Boot "
        "-U 01234567-89ab-cdef-0123-456789abcdef gpt512.img >gpt512.log 2>&1");
    assert_disk("gpt512.img", 512, MIB, 4 * MIB);

    /* GUIDs are mixed-endian: what was given as text stands on the disk like this. */
    static const uint8_t guid[16] = {0x67, 0x45, 0x23, 0x01, 0xab, 0x89, 0xef, 0xcd,
                                     0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
    bytes = load_file("gpt512.img", &length);
    memory_reader_init(&memory, bytes, length);
    assert_true(gpt_read(&memory.reader, &gpt, &error));
    assert_memory_equal(gpt.header.disk_guid.bytes, guid, 16);
    assert_true(gpt_read_entry(&memory.reader, &gpt, 1, &entry, &error));
    assert_int_equal(entry.name[0], 'B');
    assert_int_equal(entry.name[3], 't');
    assert_int_equal(entry.name[4], 0);
    free(bytes);
}

static void test_fdisk_with_large_sectors(void **state)
{
    (void)state;
    run("rm -f gpt4096.img; truncate -s 8M gpt4096.img");
    run("printf '%%s\\n' g n 1 256 511 n 2 512 1535 t 1 4 t 2 1 w | "
        "fdisk -w never -b 4096 gpt4096.img >gpt4096.log 2>&1");
    assert_disk("gpt4096.img", 4096, 2 * MIB, 4 * MIB);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sgdisk),
        cmocka_unit_test(test_fdisk_with_large_sectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
