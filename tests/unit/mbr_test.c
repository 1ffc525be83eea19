/* SPDX-License-Identifier: MIT */
#include "format/mbr.h"

#include <string.h>

#include "base/bytes.h"
#include "base/units.h"
#include "support.h"

enum { ENTRIES = 446 };

static uint8_t sector[512];
static struct error error;

static int start(void **state)
{
    (void)state;
    memset(sector, 0, sizeof(sector));
    store_le32(sector + 440, 0xfedcba98);
    store_le16(sector + 510, 0xaa55);
    return 0;
}

static void set_entry(unsigned index, uint8_t type, uint32_t first_lba, uint32_t sectors)
{
    uint8_t *entry = sector + ENTRIES + 16 * index;

    entry[4] = type;
    store_le32(entry + 8, first_lba);
    store_le32(entry + 12, sectors);
}

static struct mbr read_good(void)
{
    struct memory_reader memory;
    struct mbr mbr;

    memory_reader_init(&memory, sector, sizeof(sector));
    assert_true(mbr_read(&memory.reader, &mbr, &error));
    return mbr;
}

static bool find(uint64_t offset, uint64_t disk_size, struct mbr_partition *out)
{
    struct mbr mbr = read_good();

    return mbr_find(&mbr, offset, disk_size, out, &error);
}

static void reads_what_stands_there(void **state)
{
    struct mbr mbr;

    (void)state;
    set_entry(2, 0x0c, 0x11223344, 0x55667788);
    mbr = read_good();
    assert_int_equal(mbr.disk_signature, 0xfedcba98);
    assert_int_equal(mbr.entries[2].type, 0x0c);
    assert_int_equal(mbr.entries[2].first_lba, 0x11223344);
    assert_int_equal(mbr.entries[2].sectors, 0x55667788);
}

static void refuses_what_is_no_table(void **state)
{
    static const uint64_t sizes[] = {0, 1, 440, 511};
    struct watched_reader watched;
    struct memory_reader memory;
    struct mbr mbr = {.reserved = 4711};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        memory_reader_init(&memory, sector, sizes[i]);
        assert_false(mbr_read(&memory.reader, &mbr, &error));
        assert_error(&error, ERROR_MBR_MISSING);
    }
    watch(&watched, sector, sizeof(sector));
    watched.fail_at = 1;
    assert_false(mbr_read(&watched.reader, &mbr, &error));
    assert_error(&error, ERROR_DISK_READ);
    sector[511] = 0xab;
    memory_reader_init(&memory, sector, sizeof(sector));
    assert_false(mbr_read(&memory.reader, &mbr, &error));
    assert_error(&error, ERROR_MBR_MISSING);
    assert_int_equal(mbr.reserved, 4711);
}

static void knows_a_protective_entry_in_every_place(void **state)
{
    (void)state;
    set_entry(1, 0xef, 2048, 100);
    assert_false(mbr_is_protective(&(struct mbr){0}));
    for (unsigned i = 0; i < 4; i++) {
        struct mbr mbr;

        start(NULL);
        set_entry((i + 1) % 4, 0xef, 2048, 100);
        mbr = read_good();
        assert_false(mbr_is_protective(&mbr));
        set_entry(i, 0xee, 1, 0xffffffff);
        mbr = read_good();
        assert_true(mbr_is_protective(&mbr));
    }
}

static void finds_a_partition_by_its_first_byte(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        struct mbr_partition partition;

        start(NULL);
        set_entry((i + 1) % 4, 0x83, 2049, 100);
        set_entry((i + 2) % 4, 0x00, 2048, 100); /* unused, whatever else it says */
        set_entry((i + 3) % 4, 0xef, 2048, 0);   /* empty */
        set_entry(i, 0xef, 2048, 0x1000);
        assert_true(find(MIB, 64 * MIB, &partition));
        assert_int_equal(partition.number, i + 1);
        assert_int_equal(partition.type, 0xef);
        assert_int_equal(partition.start, MIB);
        assert_int_equal(partition.size, 2 * MIB);
    }
}

static void finds_out_the_sector_size(void **state)
{
    struct mbr_partition partition;

    (void)state;
    set_entry(3, 0xef, 256, 0x1000);
    assert_true(find(MIB, 64 * MIB, &partition));
    assert_int_equal(partition.number, 4);
    assert_int_equal(partition.size, 16 * MIB);

    /* Sectors of 512 bytes, where both could be meant. */
    set_entry(0, 0x83, 256, 256);
    set_entry(3, 0xef, 2048, 0x1000);
    assert_true(find(MIB, 64 * MIB, &partition));
    assert_int_equal(partition.number, 4);
    assert_int_equal(partition.size, 2 * MIB);
}

static void refuses_what_is_not_there(void **state)
{
    struct mbr_partition partition = {.number = 4711};

    (void)state;
    assert_false(find(MIB, 64 * MIB, &partition));
    assert_error(&error, ERROR_MBR_NO_PARTITION);
    set_entry(0, 0xef, 2047, 0x1000);
    set_entry(1, 0xef, 0xffffffff, 0xffffffff);
    assert_false(find(MIB, 64 * MIB, &partition));
    assert_error(&error, ERROR_MBR_NO_PARTITION);
    assert_int_equal(partition.number, 4711);
}

static void refuses_what_the_disk_has_not(void **state)
{
    static const uint64_t sizes[] = {0, MIB - 1, MIB, 3 * MIB - 1};
    struct mbr_partition partition = {.number = 4711};

    (void)state;
    set_entry(0, 0xef, 2048, 0x1000);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        assert_false(find(MIB, sizes[i], &partition));
        assert_error(&error, ERROR_MBR_BEYOND_END);
        assert_int_equal(error.numbers[0], 3 * MIB);
        assert_int_equal(error.numbers[1], sizes[i]);
    }
    assert_int_equal(partition.number, 4711);
    assert_true(find(MIB, 3 * MIB, &partition));
    set_entry(0, 0xef, 2048, 0xffffffff);
    assert_false(find(MIB, MIB + 0xffffffffULL * 512 - 1, &partition));
    assert_true(find(MIB, MIB + 0xffffffffULL * 512, &partition));
}

/* The loader's partition is the one at its place, whether no entry is active, one or several. */
static void does_not_ask_which_entry_is_active(void **state)
{
    (void)state;
    for (unsigned active = 0; active < 16; active++) {
        struct mbr_partition found = {0};

        start(NULL);
        set_entry(0, 0x83, 4096, 100);
        set_entry(1, 0x0c, 2048, 100);
        set_entry(2, 0x0c, 8192, 100);
        for (unsigned i = 0; i < 4; i++)
            sector[ENTRIES + 16 * i] = active >> i & 1 ? MBR_ACTIVE : 0;
        assert_true(find(MIB, 100 * MIB, &found));
        assert_int_equal(found.number, 2);
    }
}

#define TEST(function) cmocka_unit_test_setup(function, start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_what_stands_there),
        TEST(refuses_what_is_no_table),
        TEST(knows_a_protective_entry_in_every_place),
        TEST(finds_a_partition_by_its_first_byte),
        TEST(finds_out_the_sector_size),
        TEST(refuses_what_is_not_there),
        TEST(refuses_what_the_disk_has_not),
        TEST(does_not_ask_which_entry_is_active),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
