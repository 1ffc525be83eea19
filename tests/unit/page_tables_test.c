/* SPDX-License-Identifier: MIT */
#include "memory/page_tables.h"

#include <stdlib.h>

#include "base/units.h"
#include "host/machine.h"
#include "support.h"

struct fixture {
    struct host_machine machine;
    struct frames frames;
    struct page_tables tables;
    struct error error;
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    host_machine_init(&fixture->machine, 64 * MIB);
    host_machine_power_on(&fixture->machine);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    host_machine_release(&fixture->machine);
    free(fixture);
    return 0;
}

static void start(struct fixture *fixture)
{
    assert_true(page_tables_start(&fixture->tables, FOUR_LEVELS, &fixture->frames, FRAMES_LOADER,
                                  &fixture->error));
}

static bool map(struct fixture *fixture, uint64_t virtual, uint64_t phys, uint64_t length,
                unsigned flags)
{
    return page_tables_map(&fixture->tables, virtual, phys, length, flags, &fixture->error);
}

static void assert_mapped(struct fixture *fixture, uint64_t virtual, uint64_t phys,
                          uint64_t page_size, unsigned flags)
{
    struct mapping mapping;

    assert_true(page_tables_walk(fixture->tables.root, fixture->tables.levels, virtual, &mapping));
    assert_int_equal(mapping.phys, phys);
    assert_int_equal(mapping.page_size, page_size);
    assert_int_equal(mapping.flags, flags);
}

static void assert_unmapped(struct fixture *fixture, uint64_t virtual)
{
    struct mapping mapping;

    assert_false(page_tables_walk(fixture->tables.root, fixture->tables.levels, virtual, &mapping));
}

static void the_largest_page_that_fits_is_used(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t base = 0xffff800000000000;

    fixture->machine.has_1gib_pages = true;
    start(fixture);
    assert_true(map(fixture, base + 1 * GIB - 2 * MIB - PAGE_SIZE, 1 * GIB - 2 * MIB - PAGE_SIZE,
                    1 * GIB + 4 * MIB + 2 * PAGE_SIZE, MAP_WRITE));
    assert_unmapped(fixture, base + 1 * GIB - 2 * MIB - PAGE_SIZE - 1);
    assert_mapped(fixture, base + 1 * GIB - 2 * MIB - 1, 1 * GIB - 2 * MIB - 1, PAGE_SIZE,
                  MAP_WRITE);
    assert_mapped(fixture, base + 1 * GIB - 5, 1 * GIB - 5, 2 * MIB, MAP_WRITE);
    assert_mapped(fixture, base + 1 * GIB, 1 * GIB, 1 * GIB, MAP_WRITE);
    assert_mapped(fixture, base + 2 * GIB, 2 * GIB, 2 * MIB, MAP_WRITE);
    assert_mapped(fixture, base + 2 * GIB + 2 * MIB, 2 * GIB + 2 * MIB, PAGE_SIZE, MAP_WRITE);
    assert_unmapped(fixture, base + 2 * GIB + 2 * MIB + PAGE_SIZE);
}

static void without_1_gib_pages_2_mib_ones_serve(void **state)
{
    struct fixture *fixture = *state;

    start(fixture);
    assert_true(map(fixture, 1 * GIB, 1 * GIB, 1 * GIB, MAP_READ_ONLY));
    assert_mapped(fixture, 2 * GIB - 1, 2 * GIB - 1, 2 * MIB, MAP_READ_ONLY);
}

static void addresses_that_differ_in_alignment_use_small_pages(void **state)
{
    struct fixture *fixture = *state;

    start(fixture);
    assert_true(map(fixture, 2 * MIB, 4 * MIB + PAGE_SIZE, 4 * MIB, MAP_EXECUTE));
    assert_mapped(fixture, 2 * MIB, 4 * MIB + PAGE_SIZE, PAGE_SIZE, MAP_EXECUTE);
}

static void five_levels_tell_addresses_apart(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t low = 0x0080400000200000, high = 0xff80400000200000;

    assert_true(page_tables_start(&fixture->tables, FIVE_LEVELS, &fixture->frames, FRAMES_LOADER,
                                  &fixture->error));
    assert_true(map(fixture, low, 0x200000, 2 * MIB, MAP_WRITE));
    assert_true(map(fixture, high, 0x600000, PAGE_SIZE, MAP_EXECUTE));
    assert_mapped(fixture, low + 5, 0x200005, 2 * MIB, MAP_WRITE);
    assert_mapped(fixture, high, 0x600000, PAGE_SIZE, MAP_EXECUTE);
    assert_unmapped(fixture, low & 0xffffffffffff); /* the same but for the fifth level's index */
    assert_unmapped(fixture, high | (uint64_t)0xffff << 48);
    assert_false(map(fixture, low, 0x400000, PAGE_SIZE, MAP_WRITE));
    assert_error(&fixture->error, ERROR_MAP_OVERLAP);
}

static void the_last_page_can_be_mapped(void **state)
{
    struct fixture *fixture = *state;

    start(fixture);
    assert_true(map(fixture, UINT64_MAX - 0x1fff, 0x5000, 0x2000, MAP_WRITE));
    assert_mapped(fixture, UINT64_MAX, 0x6fff, PAGE_SIZE, MAP_WRITE);
}

static void overlaps_are_found(void **state)
{
    struct fixture *fixture = *state;

    start(fixture);
    assert_true(map(fixture, 4 * MIB, 4 * MIB, 2 * MIB, MAP_WRITE));
    assert_false(map(fixture, 4 * MIB + PAGE_SIZE, 0, PAGE_SIZE, MAP_WRITE));
    assert_error(&fixture->error, ERROR_MAP_OVERLAP);
    assert_true(map(fixture, 8 * MIB, 0, PAGE_SIZE, MAP_WRITE));
    assert_false(map(fixture, 8 * MIB, 0, PAGE_SIZE, MAP_WRITE));
    assert_false(map(fixture, 8 * MIB, 0, 2 * MIB, MAP_WRITE));
}

/* The bits themselves: AMD64 manual, volume 2, 5.4 and 7.8. PAT, PCD and PWT select the entry. */
static unsigned pat_entry(struct fixture *fixture, uint64_t table, unsigned index, unsigned pat_bit)
{
    const uint64_t *entries = (const void *)(fixture->machine.memory + table);
    uint64_t entry = entries[index];

    return (unsigned)((entry >> pat_bit & 1) << 2 | (entry >> 4 & 1) << 1 | (entry >> 3 & 1));
}

static void caching_selects_the_documented_pat_entries(void **state)
{
    struct fixture *fixture = *state;
    uint64_t table;

    start(fixture);
    table = fixture->tables.root;
    assert_true(map(fixture, 0x1000, 0x1000, PAGE_SIZE, MAP_WRITE));
    assert_true(map(fixture, 0x2000, 0x2000, PAGE_SIZE, MAP_WRITE | MAP_UNCACHED));
    assert_true(map(fixture, 0x3000, 0x3000, PAGE_SIZE, MAP_WRITE | MAP_WRITE_COMBINING));
    assert_true(map(fixture, 4 * MIB, 4 * MIB, 2 * MIB, MAP_WRITE | MAP_WRITE_COMBINING));
    for (unsigned level = 4; level > 2; level--)
        table = ((const uint64_t *)(fixture->machine.memory + table))[0] & 0xffffffffff000;
    assert_int_equal(pat_entry(fixture, table, 2, 12), 5);
    table = ((const uint64_t *)(fixture->machine.memory + table))[0] & 0xffffffffff000;
    assert_int_equal(pat_entry(fixture, table, 1, 7), 0);
    assert_int_equal(pat_entry(fixture, table, 2, 7), 3);
    assert_int_equal(pat_entry(fixture, table, 3, 7), 5);
    assert_int_equal(PAT_AT_HAND_OVER >> 0 & 0xff, 6);  /* write-back */
    assert_int_equal(PAT_AT_HAND_OVER >> 24 & 0xff, 0); /* uncacheable */
    assert_int_equal(PAT_AT_HAND_OVER >> 40 & 0xff, 1); /* write-combining */
}

/* Tables cost memory by what is mapped, not by how high it lies. */
static void high_addresses_cost_nothing(void **state)
{
    struct fixture *fixture = *state;

    start(fixture);
    assert_true(map(fixture, 0xffff800000000000, UINT64_C(1) << 40, 2 * MIB, MAP_WRITE));
    assert_int_equal(fixture->machine.claimed_pages, 32 + 1); /* the ledger */
}

static void no_memory_for_tables_is_an_error(void **state)
{
    struct fixture *fixture = *state;

    start(fixture);
    fixture->machine.failing_call = fixture->machine.calls + 1;
    bool is_mapped = true;
    for (uint64_t i = 0; i < 40 && is_mapped; i++)
        is_mapped = map(fixture, i * 512 * GIB, 0, PAGE_SIZE, MAP_WRITE);
    assert_false(is_mapped);
    assert_error(&fixture->error, ERROR_FIRMWARE);
}

int main(void)
{
#define TABLES_TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
    const struct CMUnitTest tests[] = {
        TABLES_TEST(the_largest_page_that_fits_is_used),
        TABLES_TEST(without_1_gib_pages_2_mib_ones_serve),
        TABLES_TEST(addresses_that_differ_in_alignment_use_small_pages),
        TABLES_TEST(five_levels_tell_addresses_apart),
        TABLES_TEST(the_last_page_can_be_mapped),
        TABLES_TEST(overlaps_are_found),
        TABLES_TEST(caching_selects_the_documented_pat_entries),
        TABLES_TEST(high_addresses_cost_nothing),
        TABLES_TEST(no_memory_for_tables_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
