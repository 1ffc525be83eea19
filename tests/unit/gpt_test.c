/* SPDX-License-Identifier: MIT */
#include "format/gpt.h"

#include <stdlib.h>
#include <string.h>

#include "base/crc32.h"
#include "base/units.h"
#include "gpt_disk.h"
#include "support.h"

static void test_good_disks(void **state)
{
    static const uint32_t sizes[] = {512, 4096};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct disk disk;
        struct gpt gpt;
        struct gpt_partition partition;
        struct gpt_entry entry;
        struct error error;

        make_disk(&disk, sizes[i]);
        assert_true(gpt_read(&disk.memory.reader, &gpt, &error));
        assert_int_equal(gpt.sector_size, sizes[i]);
        assert_false(gpt.is_backup);
        assert_int_equal(gpt.header.disk_guid.bytes[2], 3);

        assert_true(gpt_find(&disk.memory.reader, &gpt, &GPT_TYPE_ESP, &partition, &error));
        assert_int_equal(partition.number, 6);
        assert_int_equal(partition.start, 100 * sizes[i]);
        assert_int_equal(partition.size, (SECTORS - 101 - disk.entry_sectors) * sizes[i]);
        assert_int_equal(partition.entry.partition_guid.bytes[0], 9);
        assert_true(gpt_find(&disk.memory.reader, &gpt, &GPT_TYPE_BIOS_BOOT, &partition, &error));
        assert_int_equal(partition.number, 1);

        assert_true(gpt_read_entry(&disk.memory.reader, &gpt, 5, &entry, &error));
        assert_memory_equal(&entry, entry_of(&disk, false, 5), sizeof(entry));
        assert_true(gpt_read_entry(&disk.memory.reader, &gpt, 1, &entry, &error));
        assert_int_equal(entry.type.bytes[0], 0);
        free(disk.bytes);
    }
}

static void test_first_of_its_type(void **state)
{
    struct disk disk;
    struct gpt gpt;
    struct gpt_partition partition;
    struct error error;

    (void)state;
    make_disk(&disk, 512);
    *entry_of(&disk, false, 127) = *entry_of(&disk, false, 5);
    seal(&disk, false);
    assert_true(gpt_read(&disk.memory.reader, &gpt, &error));
    assert_true(gpt_find(&disk.memory.reader, &gpt, &GPT_TYPE_ESP, &partition, &error));
    assert_int_equal(partition.number, 6);

    memset(entry_of(&disk, false, 5), 0, 128);
    seal(&disk, false);
    assert_true(gpt_read(&disk.memory.reader, &gpt, &error));
    assert_true(gpt_find(&disk.memory.reader, &gpt, &GPT_TYPE_ESP, &partition, &error));
    assert_int_equal(partition.number, 128);

    memset(entry_of(&disk, false, 127), 0, 128);
    seal(&disk, false);
    assert_true(gpt_read(&disk.memory.reader, &gpt, &error));
    assert_false(gpt_find(&disk.memory.reader, &gpt, &GPT_TYPE_ESP, &partition, &error));
    assert_error(&error, ERROR_GPT_NO_PARTITION);
    free(disk.bytes);
}

/* One field of the header is wrong, and the checksum right: one case each. */
static void damage(struct disk *disk, bool is_backup, int what)
{
    struct gpt_header *header = header_of(disk, is_backup);
    bool seal_all = false; /* the checksum of the entries too */

    switch (what) {
    case 0:
        header->revision = 0x20000;
        break;
    case 1:
        header->header_size = 91;
        header->header_crc32 = 0;
        return;
    case 2:
        header->header_size = disk->sector_size + 1;
        if (is_backup)
            return; /* its checksum would reach past the end of the disk */
        break;
    case 3:
        header->my_lba++;
        break;
    case 4:
        header->entries_lba = 0;
        header->entry_count = 1;
        seal_all = true;
        break;
    case 5:
        header->entries_lba = UINT64_MAX / 256;
        break;
    case 6:
        header->entry_size = 64;
        seal_all = true;
        break;
    case 7:
        header->entry_size = 192;
        seal_all = !is_backup; /* its longer entries would reach past the end */
        break;
    case 8:
        header->entry_size = 0;
        seal_all = true;
        break;
    case 9:
        header->entry_count = 0;
        seal_all = true;
        break;
    case 10:
        header->entry_count = UINT32_MAX;
        break;
    case 11:
        header->entry_count = 8193;
        break;
    case 12:
        entry_of(disk, is_backup, 127)->attributes ^= 1;
        return;
    case 13:
        header->first_usable_lba = 1;
        break;
    case 14:
        header->disk_guid.bytes[7] ^= 1;
        return;
    }
    if (seal_all)
        seal(disk, is_backup);
    else
        seal_header(disk, is_backup);
}

static void test_damaged_copies(void **state)
{
    (void)state;
    for (int what = 0; what <= 14; what++) {
        struct disk disk;
        struct gpt gpt = {.sector_size = 4711};
        struct error error;

        make_disk(&disk, what % 2 ? 512 : 4096);
        damage(&disk, false, what);
        assert_false(gpt_read_copy(&disk.memory.reader, disk.sector_size, 1, &gpt, &error));
        assert_error(&error, ERROR_GPT_DAMAGED);
        assert_int_equal(gpt.sector_size, 4711);

        assert_true(gpt_read(&disk.memory.reader, &gpt, &error));
        assert_true(gpt.is_backup);
        assert_int_equal(gpt.sector_size, disk.sector_size);
        assert_int_equal(gpt.header.my_lba, SECTORS - 1);

        damage(&disk, true, what);
        assert_false(gpt_read(&disk.memory.reader, &gpt, &error));
        assert_error(&error, ERROR_GPT_DAMAGED);
        free(disk.bytes);
    }
}

static void test_no_table(void **state)
{
    static const uint64_t sizes[] = {0, 1, 511, 512, 1024, 1536, 4096, 12288, 200 * 512};
    uint8_t *zeros = calloc(200, 512);
    struct memory_reader memory;
    struct gpt gpt;
    struct error error;

    (void)state;
    assert_non_null(zeros);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        memory_reader_init(&memory, zeros, sizes[i]);
        assert_false(gpt_read(&memory.reader, &gpt, &error));
        assert_error(&error, ERROR_GPT_MISSING);
    }
    free(zeros);
}

/* An image on a larger disk: the backup lies where the image ends, which the primary tells. */
static void test_larger_disks(void **state)
{
    static const uint32_t sizes[] = {512, 4096};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        uint64_t image_size = (uint64_t)SECTORS * sizes[i], size = image_size + 16 * sizes[i];
        struct disk disk;
        struct gpt gpt;
        struct error error;

        make_disk(&disk, sizes[i]);
        disk.bytes = realloc(disk.bytes, size);
        assert_non_null(disk.bytes);
        memset(disk.bytes + image_size, 0, size - image_size);
        memory_reader_init(&disk.memory, disk.bytes, size);
        assert_true(gpt_read(&disk.memory.reader, &gpt, &error));
        assert_false(gpt.is_backup);

        header_of(&disk, false)->disk_guid.bytes[7] ^= 1;
        assert_true(gpt_read(&disk.memory.reader, &gpt, &error));
        assert_true(gpt.is_backup);
        assert_int_equal(gpt.sector_size, sizes[i]);
        assert_int_equal(gpt.header.my_lba, SECTORS - 1);

        /* Where it says that is, there is none, or no disk at all. */
        static const uint64_t wrong[] = {0, 1, 2, SECTORS, SECTORS + 15, SECTORS + 16, UINT64_MAX};
        for (size_t j = 0; j < COUNT_OF(wrong); j++) {
            header_of(&disk, false)->alternate_lba = wrong[j];
            assert_false(gpt_read(&disk.memory.reader, &gpt, &error));
            assert_error(&error, ERROR_GPT_DAMAGED);
        }
        /* A disk that ends where the image does has it at its end all the same. */
        memory_reader_init(&disk.memory, disk.bytes, image_size);
        for (size_t j = 0; j < COUNT_OF(wrong); j++) {
            header_of(&disk, false)->alternate_lba = wrong[j];
            assert_true(gpt_read(&disk.memory.reader, &gpt, &error));
            assert_true(gpt.is_backup);
        }
        free(disk.bytes);
    }
}

/* Who writes a table for sectors of 4096 bytes leaves the header of an earlier one at 512 alone. */
static void test_rewritten_disks(void **state)
{
    struct disk old, disk;
    struct gpt gpt;
    struct error error;

    (void)state;
    make_disk(&old, 512);
    make_disk(&disk, 4096);
    memcpy(disk.bytes + 512, old.bytes + 512, 4096 - 512);
    assert_true(gpt_read(&disk.memory.reader, &gpt, &error));
    assert_int_equal(gpt.sector_size, 4096);
    assert_false(gpt.is_backup);

    header_of(&disk, false)->disk_guid.bytes[7] ^= 1;
    assert_true(gpt_read(&disk.memory.reader, &gpt, &error));
    assert_int_equal(gpt.sector_size, 4096);
    assert_true(gpt.is_backup);
    free(old.bytes);
    free(disk.bytes);
}

/* The entries run past the end of a disk that was cut. */
static void test_cut_disks(void **state)
{
    struct disk disk;
    struct gpt gpt;
    struct gpt_partition partition;
    struct gpt_entry entry;
    struct error error;

    (void)state;
    make_disk(&disk, 512);
    disk.memory.reader.size = 150 * 512;
    assert_true(gpt_read(&disk.memory.reader, &gpt, &error));
    assert_true(gpt_find(&disk.memory.reader, &gpt, &GPT_TYPE_BIOS_BOOT, &partition, &error));
    assert_false(gpt_find(&disk.memory.reader, &gpt, &GPT_TYPE_ESP, &partition, &error));
    assert_error(&error, ERROR_GPT_BEYOND_END);
    assert_false(gpt_read_entry(&disk.memory.reader, &gpt, 5, &entry, &error));
    assert_error(&error, ERROR_GPT_BEYOND_END);
    assert_int_equal(error.numbers[0], 6);
    assert_int_equal(error.numbers[2], 149);

    disk.memory.reader.size = 20 * 512;
    assert_false(gpt_read(&disk.memory.reader, &gpt, &error));
    assert_error(&error, ERROR_READ_BEYOND_END);
    free(disk.bytes);
}

static void test_bounds_of_partitions(void **state)
{
    static const struct {
        uint64_t first, last;
        bool is_good;
    } cases[] = {
        {34, 34, true},           {33, 99, false},
        {34, 266, true},          {34, 267, false},
        {200, 199, false},        {0, 0, false},
        {100, UINT64_MAX, false}, {UINT64_MAX, UINT64_MAX, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct disk disk;
        struct gpt gpt;
        struct gpt_entry entry;
        struct gpt_partition partition;
        struct error error;

        make_disk(&disk, 512);
        entry_of(&disk, false, 5)->first_lba = cases[i].first;
        entry_of(&disk, false, 5)->last_lba = cases[i].last;
        seal(&disk, false);
        assert_true(gpt_read(&disk.memory.reader, &gpt, &error));
        assert_int_equal(gpt_read_entry(&disk.memory.reader, &gpt, 5, &entry, &error),
                         cases[i].is_good);
        assert_int_equal(gpt_find(&disk.memory.reader, &gpt, &GPT_TYPE_ESP, &partition, &error),
                         cases[i].is_good);
        if (!cases[i].is_good)
            assert_error(&error, ERROR_GPT_DAMAGED);

        /* Other partitions are as good as they were. */
        assert_true(gpt_find(&disk.memory.reader, &gpt, &GPT_TYPE_BIOS_BOOT, &partition, &error));
        free(disk.bytes);
    }
}

/* What a later specification may do: a longer header, and longer entries. */
static void test_larger_structures(void **state)
{
    struct disk disk;
    struct gpt gpt;
    struct gpt_partition partition;
    struct gpt_header *header;
    struct error error;

    (void)state;
    make_disk(&disk, 512);
    header = header_of(&disk, false);
    header->header_size = 512;
    header->entry_size = 256;
    header->entry_count = 64;
    ((uint8_t *)header)[511] = 0x77;
    memset(disk.bytes + 1024, 0, 16384);
    *entry_of(&disk, false, 3) =
        (struct gpt_entry){.type = GPT_TYPE_ESP, .first_lba = 40, .last_lba = 41};
    seal(&disk, false);
    assert_true(gpt_read(&disk.memory.reader, &gpt, &error));
    assert_false(gpt.is_backup);
    assert_true(gpt_find(&disk.memory.reader, &gpt, &GPT_TYPE_ESP, &partition, &error));
    assert_int_equal(partition.number, 4);
    assert_int_equal(partition.size, 1024);
    free(disk.bytes);
}

/* Whichever read fails, the backup or the error arrives. */
static void test_every_failing_read(void **state)
{
    struct disk disk;
    struct watched_reader watched;
    struct gpt gpt;
    struct error error;

    (void)state;
    make_disk(&disk, 512);
    for (uint64_t fail_at = 1;; fail_at++) {
        watch(&watched, disk.bytes, (uint64_t)SECTORS * 512);
        watched.fail_at = fail_at;
        assert_true(gpt_read(&watched.reader, &gpt, &error));
        if (watched.reads < fail_at)
            break;
        assert_true(gpt.is_backup);
    }
    watch(&watched, disk.bytes, (uint64_t)SECTORS * 512);
    watched.fail_at = 1;
    assert_false(gpt_read_copy(&watched.reader, 512, 1, &gpt, &error));
    assert_error(&error, ERROR_DISK_READ);
    free(disk.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_disks),        cmocka_unit_test(test_first_of_its_type),
        cmocka_unit_test(test_damaged_copies),    cmocka_unit_test(test_no_table),
        cmocka_unit_test(test_cut_disks),         cmocka_unit_test(test_bounds_of_partitions),
        cmocka_unit_test(test_larger_structures), cmocka_unit_test(test_every_failing_read),
        cmocka_unit_test(test_larger_disks),      cmocka_unit_test(test_rewritten_disks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
