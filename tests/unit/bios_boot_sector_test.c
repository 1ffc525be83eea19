/* SPDX-License-Identifier: MIT */
#include "../../bios/stage3/boot_sector.h"

#include <stdlib.h>
#include <string.h>

#include "gpt_disk.h"
#include "support.h"

static struct boot_partition partition;
static uint64_t start;
static struct error error;

static struct mbr *mbr_of(struct disk *disk)
{
    return (struct mbr *)(disk->bytes + MBR_SIGNATURE_OFFSET);
}

static bool find(struct disk *disk, uint32_t number)
{
    error = (struct error){0};
    return boot_partition_find(&disk->memory.reader, disk->sector_size, number, &partition, &start,
                               &error);
}

static void assert_missing(struct disk *disk, uint32_t number)
{
    assert_false(find(disk, number));
    assert_error(&error, ERROR_CHAINLOAD_NO_PARTITION);
    assert_int_equal(error.numbers[0], number);
}

static void finds_those_of_an_mbr(void **state)
{
    static const uint8_t extended[] = {0x05, 0x0f, 0x85};
    struct disk disk;

    (void)state;
    make_disk(&disk, 4096); /* a GPT that is a leftover */
    mbr_of(&disk)->boot_signature = 0xaa55;
    mbr_of(&disk)->entries[2] = (struct mbr_entry){
        .first_chs = {1, 2, 3}, .type = 7, .first_lba = 0x80000001, .sectors = 9};
    assert_true(find(&disk, 3));
    assert_int_equal(start, UINT64_C(0x80000001000));
    assert_int_equal(partition.gpt_entry_size, 0);
    assert_int_equal(partition.entry.indicator, 0x80);
    assert_int_equal(partition.entry.type, 7);
    assert_int_equal(partition.entry.first_lba, 0x80000001);
    assert_int_equal(partition.entry.sectors, 9);
    assert_memory_equal(partition.entry.first_chs, "\1\2\3", 3);
    assert_missing(&disk, 1);
    assert_missing(&disk, 4);
    assert_missing(&disk, 5);
    assert_missing(&disk, 7); /* which is 3, by four */
    for (size_t i = 0; i < sizeof(extended); i++) {
        mbr_of(&disk)->entries[2].type = extended[i];
        assert_missing(&disk, 3);
    }
    mbr_of(&disk)->boot_signature = 0;
    assert_false(find(&disk, 3));
    assert_error(&error, ERROR_MBR_MISSING);
    free(disk.bytes);
}

static void finds_those_of_a_gpt(void **state)
{
    static const uint32_t sizes[] = {512, 4096};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct disk disk;

        make_disk(&disk, sizes[i]);
        mbr_of(&disk)->boot_signature = 0xaa55;
        mbr_of(&disk)->entries[0] =
            (struct mbr_entry){.type = 0xee, .first_lba = 1, .sectors = 0xffffffff};
        assert_true(find(&disk, 6));
        assert_int_equal(start, 100 * sizes[i]);
        assert_int_equal(partition.entry.indicator, 0x80);
        assert_int_equal(partition.entry.type, 0xed);
        assert_int_equal(partition.entry.first_lba, 100);
        assert_int_equal(partition.entry.sectors, SECTORS - 101 - disk.entry_sectors);
        assert_int_equal(partition.gpt_entry_size, 128);
        assert_memory_equal(&partition.gpt_entry, entry_of(&disk, false, 5), 128);
        assert_true(boot_partition_find(&disk.memory.reader, 512, 6, &partition, &start, &error));
        assert_int_equal(start, 100 * sizes[i]); /* in the drive's sectors */
        assert_int_equal(partition.entry.first_lba, 100 * sizes[i] / 512);
        assert_int_equal(partition.entry.sectors,
                         (SECTORS - 101 - disk.entry_sectors) * sizes[i] / 512);
        assert_missing(&disk, 2);
        assert_missing(&disk, ENTRY_COUNT);
        assert_missing(&disk, ENTRY_COUNT + 1);
        assert_missing(&disk, UINT32_MAX);
        free(disk.bytes);
    }
}

/* Some terabytes that nobody reads. */
static bool read_disk(struct reader *reader, uint64_t offset, uint64_t length, void *to,
                      struct error *problem)
{
    struct memory_reader *memory = (struct memory_reader *)reader;

    (void)problem;
    assert_true(offset + length <= SECTORS * 512);
    memcpy(to, memory->bytes + offset, length);
    return true;
}

static void says_so_when_32_bits_are_too_few(void **state)
{
    struct disk disk;

    (void)state;
    make_disk(&disk, 512);
    mbr_of(&disk)->boot_signature = 0xaa55;
    mbr_of(&disk)->entries[0].type = 0xee;
    header_of(&disk, false)->last_usable_lba = UINT64_C(0x400000000);
    entry_of(&disk, false, 5)->first_lba = UINT64_C(0x100000000);
    entry_of(&disk, false, 5)->last_lba = UINT64_C(0x300000000);
    seal(&disk, false);
    disk.memory.reader.read = read_disk;
    disk.memory.reader.size = UINT64_C(1) << 50;
    assert_true(find(&disk, 6));
    assert_int_equal(start, UINT64_C(0x100000000) * 512);
    assert_int_equal(partition.entry.first_lba, 0xffffffff);
    assert_int_equal(partition.entry.sectors, 0xffffffff);
    free(disk.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_those_of_an_mbr),
        cmocka_unit_test(finds_those_of_a_gpt),
        cmocka_unit_test(says_so_when_32_bits_are_too_few),
    };

    return cmocka_run_group_tests_name("boot sectors of partitions", tests, NULL, NULL);
}
