/* SPDX-License-Identifier: MIT */
#include "disk/mbr_writer.h"

#include <string.h>

#include "base/units.h"
#include "support.h"

static const struct mbr_entry none;

static void assert_entry(struct mbr_entry entry, const char bytes[16])
{
    assert_memory_equal(&entry, bytes, 16);
}

static void fills_in_what_stands_behind_the_code(void **state)
{
    const struct mbr_entry entries[MBR_ENTRY_COUNT] = {{.type = 1}, {.type = 2}, {.type = 3}, none};
    uint8_t sector[513], zeros[16] = {0};

    (void)state;
    memset(sector, 0x77, sizeof(sector));
    mbr_write(entries, 0xaabbccdd, sector);
    for (unsigned i = 0; i < 440; i++)
        assert_int_equal(sector[i], 0x77);
    assert_memory_equal(sector + 440, "\xdd\xcc\xbb\xaa\0\0", 6);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(sector[446 + 16 * i + 4], i + 1);
    assert_memory_equal(sector + 446 + 48, zeros, 16);
    assert_memory_equal(sector + 510, "\x55\xaa\x77", 3);
}

/* The entry covers the disk, up to what 32 bits can say. */
static void protects_large_disks(void **state)
{
    (void)state;
    assert_entry(mbr_protective_entry(7 * MIB, 512),
                 "\0\0\2\0\xee\xff\xff\xff\1\0\0\0\xff\x37\0\0");
    assert_entry(mbr_protective_entry(7 * MIB, 4096), "\0\0\2\0\xee\xff\xff\xff\1\0\0\0\xff\6\0\0");
    assert_entry(mbr_protective_entry(4096 * GIB, 512),
                 "\0\0\2\0\xee\xff\xff\xff\1\0\0\0\xff\xff\xff\xff");
}

static void makes_an_active_entry_of_nothing(void **state)
{
    (void)state;
    assert_entry(mbr_dummy_entry(), "\x80\0\1\0\0\0\1\0\0\0\0\0\1\0\0\0");
}

/* Cylinders, heads and sectors are those of 255 heads and 63 sectors, or the last there are. */
static void makes_partitions(void **state)
{
    enum { CYLINDER = 255 * 63 };

    (void)state;
    assert_entry(mbr_partition_entry(0xef, MIB, 33 * MIB, 512),
                 "\x80\x20\x21\0\xef\x55\x11\4\0\x08\0\0\0\x08\1\0");
    assert_entry(mbr_partition_entry(0x0c, MIB, 33 * MIB, 4096),
                 "\x80\4\5\0\x0c\x8a\x0a\0\0\1\0\0\0\x21\0\0");
    assert_entry(mbr_partition_entry(1, 62 * 512, 512, 512),
                 "\x80\0\x3f\0\1\0\x3f\0\x3e\0\0\0\1\0\0\0");
    /* The last that can be expressed, and one more. */
    assert_entry(mbr_partition_entry(1, (1024 * CYLINDER - 1) * UINT64_C(512), 1024, 512),
                 "\x80\xfe\xff\xff\1\xfe\xff\xff\xff\x03\xfb\0\2\0\0\0");
    assert_entry(mbr_partition_entry(1, (1023 * CYLINDER - 1) * UINT64_C(512), 1024, 512),
                 "\x80\xfe\xff\xfe\1\0\xc1\xff\x3e\xc5\xfa\0\2\0\0\0");
    assert_entry(mbr_partition_entry(1, 1100 * CYLINDER * UINT64_C(512), 512, 512),
                 "\x80\xfe\xff\xff\1\xfe\xff\xff\x4c\xa5\x0d\1\1\0\0\0");
}

static void fdisk_agrees(void **state)
{
    struct mbr_entry entries[MBR_ENTRY_COUNT] = {
        mbr_partition_entry(MBR_TYPE_ESP, MIB, 33 * MIB, 512)};
    static uint8_t disk[34 * MIB];

    (void)state;
    mbr_write(entries, 0x12345678, disk);
    save_file("mbr.img", disk, sizeof(disk));
    run("sfdisk --verify mbr.img > mbr.log 2>&1 && grep -q 'No errors' mbr.log");
    run("! grep -qiE 'warn|start of|end of|differ' mbr.log");
    run("sfdisk -d mbr.img | grep -qx 'label-id: 0x12345678'");
    run("sfdisk -d mbr.img | grep -qE '^mbr.img1 : start= +2048, size= +67584, type=ef, "
        "bootable$'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_in_what_stands_behind_the_code),
        cmocka_unit_test(protects_large_disks),
        cmocka_unit_test(makes_an_active_entry_of_nothing),
        cmocka_unit_test(makes_partitions),
        cmocka_unit_test(fdisk_agrees),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
