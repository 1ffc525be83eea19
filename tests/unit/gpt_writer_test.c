/* SPDX-License-Identifier: MIT */
#include "disk/gpt_writer.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/units.h"
#include "disk/mbr_writer.h"
#include "support.h"
#include "system/host_file.h"

static const struct gpt_part parts[] = {
    {{{0x48, 0x61, 0x68, 0x21}}, {{1}}, 64 * KIB, 960 * KIB, "BIOS boot"},
    {{{0x28, 0x73, 0x2a, 0xc1}}, {{2}}, MIB, 5 * MIB, "EFI system"},
};

static struct gpt_table make_table(uint32_t sector_size)
{
    return (struct gpt_table){
        .sector_size = sector_size,
        .disk_size = 7 * MIB,
        .disk_guid = {{9, 8, 7}},
        .count = COUNT_OF(parts),
        .parts = parts,
    };
}

static void write_disk(const struct gpt_table *table, const char *path)
{
    struct error error = {0};
    struct output output;
    struct mbr_entry entries[MBR_ENTRY_COUNT] = {0};
    uint8_t sector[512] = {0};

    entries[0] = mbr_protective_entry(table->disk_size, table->sector_size);
    mbr_write(entries, 0x12345678, sector);
    assert_true(output_prepare(path, &output, &error));
    assert_true(output_open(&output, &error));
    assert_true(output_resize(&output, table->disk_size, &error));
    assert_true(output_write(&output, 0, sector, sizeof(sector), &error));
    assert_true(gpt_write(table, &output, &error));
    assert_true(output_commit(&output, &error));
}

static void check_copy(const struct gpt_table *table, bool is_backup)
{
    struct error error = {0};
    struct host_file file;
    struct gpt gpt;
    struct gpt_entry entry;

    assert_true(host_file_open("gpt.img", &file, &error));
    assert_true(gpt_read_copy(
        &file.reader, table->sector_size,
        is_backup ? table->disk_size / table->sector_size - 1 : GPT_PRIMARY_LBA, &gpt, &error));
    assert_int_equal(gpt.header.entry_count, 128);
    assert_int_equal(gpt.header.alternate_lba,
                     is_backup ? 1 : table->disk_size / table->sector_size - 1);
    uint64_t table_sectors = 16384 / table->sector_size;
    assert_int_equal(gpt.header.first_usable_lba, 2 + table_sectors);
    assert_int_equal(gpt.header.last_usable_lba,
                     table->disk_size / table->sector_size - 2 - table_sectors);
    assert_memory_equal(&gpt.header.disk_guid, &table->disk_guid, sizeof(struct guid));
    for (uint32_t i = 0; i < 128; i++) {
        assert_true(gpt_read_entry(&file.reader, &gpt, i, &entry, &error));
        if (i >= table->count) {
            static const struct gpt_entry unused;
            assert_memory_equal(&entry, &unused, sizeof(entry));
            continue;
        }
        assert_memory_equal(&entry.type, &parts[i].type, sizeof(struct guid));
        assert_memory_equal(&entry.partition_guid, &parts[i].guid, sizeof(struct guid));
        assert_int_equal(entry.first_lba * table->sector_size, parts[i].start);
        assert_int_equal((entry.last_lba + 1) * table->sector_size, parts[i].start + parts[i].size);
        assert_int_equal(entry.name[0], parts[i].name[0]);
        assert_int_equal(entry.name[strlen(parts[i].name)], 0);
    }
    reader_close(&file.reader);
}

static void writes_both_copies(void **state)
{
    static const uint32_t sector_sizes[] = {512, 4096};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sector_sizes); i++) {
        struct gpt_table table = make_table(sector_sizes[i]);

        write_disk(&table, "gpt.img");
        check_copy(&table, false);
        check_copy(&table, true);
    }
}

static void sgdisk_agrees(void **state)
{
    struct gpt_table table = make_table(512);

    (void)state;
    write_disk(&table, "gpt.img");
    run("sgdisk --verify gpt.img > gpt.log && grep -q 'No problems found' gpt.log");
    run("sfdisk --verify gpt.img > gpt.log 2>&1 && grep -q 'No errors' gpt.log");
    run("sgdisk -p gpt.img | grep -q 'Disk identifier (GUID): 00070809-0000-0000'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_both_copies),
        cmocka_unit_test(sgdisk_agrees),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
