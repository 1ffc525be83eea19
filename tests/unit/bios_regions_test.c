/* SPDX-License-Identifier: MIT */
/* Stage 3 makes the core's memory map out of the BIOS's. */
#include "stage3/regions.h"

#include "base/units.h"
#include "support.h"

static struct memory_report report;

static void add(uint64_t base, uint64_t length, uint32_t type)
{
    report.entries[report.count++] = (struct e820_entry){base, length, type, 1};
}

static void test_kinds(void **state)
{
    static const struct {
        uint32_t type;
        uint64_t kind;
    } kinds[] = {
        {1, BOWLINE_MEMORY_USABLE},
        {2, BOWLINE_MEMORY_RESERVED},
        {3, BOWLINE_MEMORY_ACPI_RECLAIMABLE},
        {4, BOWLINE_MEMORY_ACPI_NVS},
        {5, BOWLINE_MEMORY_BAD},
        {7, BOWLINE_MEMORY_PERSISTENT},
        {0, BOWLINE_MEMORY_RESERVED},
        {6, BOWLINE_MEMORY_RESERVED},
        {12, BOWLINE_MEMORY_RESERVED},
        {13, BOWLINE_MEMORY_RESERVED},
        {0xb0200000, BOWLINE_MEMORY_RESERVED},
    };
    struct bowline_memory_region out[COUNT_OF(kinds)];

    (void)state;
    report.count = 0;
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        add(i * MIB, MIB, kinds[i].type);
    assert_int_equal(regions_translate(&report, out), COUNT_OF(kinds));
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        assert_int_equal(out[i].base, i * MIB);
        assert_int_equal(out[i].length, MIB);
        assert_int_equal(out[i].kind, kinds[i].kind);
        assert_int_equal(out[i].firmware_kind, kinds[i].type == 1 ? 0 : kinds[i].type);
        assert_int_equal(out[i].attributes, 1);
    }
}

static bool is_usable(uint64_t base, uint64_t length)
{
    return range_is_usable(&report, (struct range){base, length});
}

static void test_usable(void **state)
{
    (void)state;
    report.count = 0;
    add(4 * MIB, 4 * MIB, 1); /* in no order, and in pieces */
    add(1 * MIB, 3 * MIB, 1);
    add(6 * MIB, 4096, 2); /* inside a usable one */
    add(1 * GIB, UINT64_MAX - GIB + 1, 1);
    assert_true(is_usable(1 * MIB, 5 * MIB));
    assert_false(is_usable(1 * MIB, 5 * MIB + 1));
    assert_false(is_usable(1 * MIB - 1, 2));
    assert_true(is_usable(6 * MIB + 4096, 2 * MIB - 4096));
    assert_false(is_usable(7 * MIB, 1 * MIB + 1));
    assert_true(is_usable(2 * GIB, GIB));
}

/* A hole at 15 MiB, reserved memory further up, and an obstacle inside a usable range. */
static void test_find(void **state)
{
    (void)state;
    report.count = 0;
    add(0, 639 * KIB, 1);
    add(1 * MIB, 14 * MIB, 1);
    add(16 * MIB, 8 * MIB, 2);
    add(16 * MIB, 64 * MIB, 1);
    assert_int_equal(find_usable(&report, 4096, MIB, 4 * GIB), MIB);
    assert_int_equal(find_usable(&report, 14 * MIB, MIB, 4 * GIB), MIB);
    assert_int_equal(find_usable(&report, 14 * MIB + 1, MIB, 4 * GIB), 24 * MIB);
    assert_int_equal(find_usable(&report, 57 * MIB, MIB, 4 * GIB), 0);
    assert_int_equal(find_usable(&report, 20 * MIB, MIB, 40 * MIB), 0);
    /* Never page 0, which looks like failure. */
    assert_int_equal(find_usable(&report, 4096, 0, MIB), 0);
    /* Rounded up to a page. */
    report.count = 0;
    add(MIB + 1, MIB, 1);
    assert_int_equal(find_usable(&report, 4096, MIB, 4 * GIB), MIB + 4096);
}

/* What is reported beyond RAM adds nothing. */
static void test_count(void **state)
{
    (void)state;
    report.count = 0;
    add(0, 2 * GIB, 1);
    add(0xfd00000000, 0x300000000, 2);
    assert_int_equal(count_usable(&report, 30, 4 * GIB), 0);
    add(4 * GIB, 2 * GIB, 1);
    assert_int_equal(count_usable(&report, 30, 4 * GIB), 2);
    assert_int_equal(count_usable(&report, 39, 4 * GIB), 1);
    add(1024 * GIB - 4096, 8192, 1);
    assert_int_equal(count_usable(&report, 30, 4 * GIB), 4);
    assert_int_equal(count_usable(&report, 39, 4 * GIB), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_usable),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
