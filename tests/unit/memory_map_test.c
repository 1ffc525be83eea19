/* SPDX-License-Identifier: MIT */
#include "memory/memory_map.h"

#include <string.h>

#include "base/units.h"
#include "support.h"

enum { CAPACITY = 1400, RAW_MAX = 400 };

static struct bowline_memory_region storage[CAPACITY];
static struct memory_map map;
static struct bowline_memory_region raw_regions[RAW_MAX];
static struct firmware_memory_map raw;
static struct frame_range ranges[256];
static struct frames frames = {.capacity = COUNT_OF(ranges), .ranges = ranges};

static int setup(void **state)
{
    (void)state;
    map = (struct memory_map){.regions = storage, .capacity = CAPACITY};
    raw = (struct firmware_memory_map){.regions = raw_regions, .capacity = RAW_MAX};
    frames.count = 0;
    return 0;
}

static void add(uint64_t base, uint64_t length, uint64_t kind)
{
    raw_regions[raw.count++] = (struct bowline_memory_region){base, length, kind, 0, 0};
}

/* The tests look at what comes behind page 0, which is always reserved. */
static void build(void)
{
    struct error error;

    assert_true(memory_map_build(&raw, &map, &error));
    assert_int_equal(map.regions[0].base, 0);
    assert_int_equal(map.regions[0].length, PAGE_SIZE);
    assert_int_equal(map.regions[0].kind, BOWLINE_MEMORY_RESERVED);
}

static void assert_region(uint64_t index, uint64_t base, uint64_t length, uint64_t kind)
{
    assert_true(index < map.count);
    assert_int_equal(map.regions[index].base, base);
    assert_int_equal(map.regions[index].length, length);
    assert_int_equal(map.regions[index].kind, kind);
}

static void regions_are_sorted_and_merged(void **state)
{
    (void)state;
    add(0x5000, 0x1000, BOWLINE_MEMORY_USABLE);
    add(0x9000, 0x1000, BOWLINE_MEMORY_RESERVED);
    add(0x1000, 0x4000, BOWLINE_MEMORY_USABLE);
    build();
    assert_int_equal(map.count, 3);
    assert_region(1, 0x1000, 0x5000, BOWLINE_MEMORY_USABLE);
    assert_region(2, 0x9000, 0x1000, BOWLINE_MEMORY_RESERVED);
}

static void different_attributes_are_kept_apart(void **state)
{
    (void)state;
    add(0x1000, 0x1000, BOWLINE_MEMORY_RUNTIME_DATA);
    add(0x2000, 0x1000, BOWLINE_MEMORY_RUNTIME_DATA);
    raw_regions[1].attributes = 15;
    add(0x3000, 0x1000, BOWLINE_MEMORY_RUNTIME_DATA);
    raw_regions[2].attributes = 15;
    raw_regions[2].firmware_kind = 6;
    build();
    assert_int_equal(map.count, 4);
}

static void usable_is_rounded_inwards_and_all_else_outwards(void **state)
{
    (void)state;
    add(0x1001, 0x3ffe, BOWLINE_MEMORY_USABLE);
    add(0x8001, 1, BOWLINE_MEMORY_RESERVED);
    add(0xa000, 0xfff, BOWLINE_MEMORY_USABLE); /* nothing is left of it */
    add(0xc000, 0, BOWLINE_MEMORY_USABLE);
    build();
    assert_int_equal(map.count, 3);
    assert_region(1, 0x2000, 0x2000, BOWLINE_MEMORY_USABLE);
    assert_region(2, 0x8000, 0x1000, BOWLINE_MEMORY_RESERVED);
}

static void the_worse_kind_wins(void **state)
{
    (void)state;
    add(0x2000, 0x8000, BOWLINE_MEMORY_RESERVED);
    add(0x0000, 0x20000, BOWLINE_MEMORY_USABLE);
    add(0x8000, 0x4000, BOWLINE_MEMORY_ACPI_NVS);
    build();
    assert_int_equal(map.count, 5);
    assert_region(1, 0x1000, 0x1000, BOWLINE_MEMORY_USABLE);
    assert_region(2, 0x2000, 0x8000, BOWLINE_MEMORY_RESERVED);
    assert_region(3, 0xa000, 0x2000, BOWLINE_MEMORY_ACPI_NVS);
    assert_region(4, 0xc000, 0x14000, BOWLINE_MEMORY_USABLE);
}

static void nonsense_above_the_address_width_is_cut(void **state)
{
    (void)state;
    add(0x1000, UINT64_MAX, BOWLINE_MEMORY_USABLE);
    add(UINT64_MAX - 0xfff, 0x1000, BOWLINE_MEMORY_USABLE);
    build();
    assert_int_equal(map.count, 2);
    assert_region(1, 0x1000, (UINT64_C(1) << 52) - 0x1000, BOWLINE_MEMORY_USABLE);
}

static void what_the_loader_took_is_marked(void **state)
{
    struct error error;
    (void)state;

    add(0, 1 * MIB, BOWLINE_MEMORY_USABLE);
    add(1 * MIB, 15 * MIB, BOWLINE_MEMORY_USABLE);
    raw_regions[0].attributes = raw_regions[1].attributes = 15;
    build();
    frames.ranges[frames.count++] = (struct frame_range){4 * MIB, 16, FRAMES_KERNEL};
    frames.ranges[frames.count++] = (struct frame_range){5 * MIB, 1, FRAMES_MODULE};
    frames.ranges[frames.count++] = (struct frame_range){6 * MIB, 2, FRAMES_LOADER};
    frames.ranges[frames.count++] = (struct frame_range){7 * MIB, 9, FRAMES_TEMPORARY};
    assert_true(memory_map_mark(&map, &frames, 0xe0000000, 0x300001, &error));
    assert_int_equal(map.count, 9);
    assert_region(1, PAGE_SIZE, 4 * MIB - PAGE_SIZE, BOWLINE_MEMORY_USABLE);
    assert_region(2, 4 * MIB, 16 * PAGE_SIZE, BOWLINE_MEMORY_KERNEL);
    assert_region(4, 5 * MIB, PAGE_SIZE, BOWLINE_MEMORY_MODULE);
    assert_region(6, 6 * MIB, 2 * PAGE_SIZE, BOWLINE_MEMORY_LOADER_RECLAIMABLE);
    assert_region(7, 6 * MIB + 2 * PAGE_SIZE, 10 * MIB - 2 * PAGE_SIZE, BOWLINE_MEMORY_USABLE);
    assert_region(8, 0xe0000000, 0x301000, BOWLINE_MEMORY_FRAMEBUFFER);
    assert_int_equal(map.regions[2].attributes, 15);
    assert_int_equal(memory_map_top_of_ram(&map), 16 * MIB);
}

static uint64_t kind_at(uint64_t address)
{
    for (uint64_t i = 0; i < map.count; i++) {
        if (address - map.regions[i].base < map.regions[i].length)
            return map.regions[i].kind;
    }
    return 0;
}

/* Random page-aligned regions, any order, any overlap: each page comes out as the worst kind that
 * claims it, and the map is sorted, disjoint and merged. */
static void random_maps_come_out_right(void **state)
{
    static const uint64_t kinds[] = {
        BOWLINE_MEMORY_USABLE,   BOWLINE_MEMORY_LOADER_RECLAIMABLE, BOWLINE_MEMORY_ACPI_RECLAIMABLE,
        BOWLINE_MEMORY_ACPI_NVS, BOWLINE_MEMORY_RESERVED,           BOWLINE_MEMORY_BAD};
    uint32_t random = 3;

    for (unsigned round = 0; round < 50; round++) {
        uint8_t worst[256] = {0};

        setup(state);
        for (unsigned i = next_random(&random) % 60; i > 0; i--) {
            unsigned first = 2 + next_random(&random) % 254, kind = next_random(&random) % 6;
            unsigned count = next_random(&random) % (256 - first);

            add(first * PAGE_SIZE, count * PAGE_SIZE, kinds[kind]);
            for (unsigned page = first; page < first + count; page++)
                worst[page] = worst[page] > kind + 1 ? worst[page] : (uint8_t)(kind + 1);
        }
        build();
        for (unsigned page = 1; page < 256; page++)
            assert_int_equal(kind_at(page * PAGE_SIZE),
                             worst[page] == 0 ? 0 : kinds[worst[page] - 1]);
        for (uint64_t i = 1; i < map.count; i++) {
            uint64_t end = map.regions[i - 1].base + map.regions[i - 1].length;
            assert_true(
                map.regions[i].base > end ||
                (map.regions[i].base == end && map.regions[i].kind != map.regions[i - 1].kind));
        }
    }
}

/* The worst case of its size: the promised capacity is enough. */
static void the_capacity_is_enough(void **state)
{
    struct error error;
    (void)state;

    map.capacity = memory_map_capacity(RAW_MAX, COUNT_OF(ranges));
    assert_in_range(map.capacity, RAW_MAX, CAPACITY);
    add(0, 1 * GIB, BOWLINE_MEMORY_USABLE);
    while (raw.count < RAW_MAX)
        add(raw.count * 2 * MIB, PAGE_SIZE, BOWLINE_MEMORY_RESERVED);
    for (; frames.count < COUNT_OF(ranges); frames.count++)
        frames.ranges[frames.count] =
            (struct frame_range){frames.count * 2 * MIB + 1 * MIB, 1, FRAMES_KERNEL};
    build();
    assert_true(memory_map_mark(&map, &frames, 900 * MIB + PAGE_SIZE, PAGE_SIZE, &error));
}

static void a_map_without_room_is_an_error(void **state)
{
    struct error error = {0};
    (void)state;

    map.capacity = 2;
    for (unsigned i = 1; i < 4; i++)
        add(i * 2 * MIB, PAGE_SIZE, BOWLINE_MEMORY_USABLE);
    assert_false(memory_map_build(&raw, &map, &error));
    assert_error(&error, ERROR_MEMORY_MAP_TOO_LARGE);
}

int main(void)
{
#define MAP_TEST(function) cmocka_unit_test_setup(function, setup)
    const struct CMUnitTest tests[] = {
        MAP_TEST(regions_are_sorted_and_merged),
        MAP_TEST(different_attributes_are_kept_apart),
        MAP_TEST(usable_is_rounded_inwards_and_all_else_outwards),
        MAP_TEST(the_worse_kind_wins),
        MAP_TEST(nonsense_above_the_address_width_is_cut),
        MAP_TEST(what_the_loader_took_is_marked),
        MAP_TEST(random_maps_come_out_right),
        MAP_TEST(the_capacity_is_enough),
        MAP_TEST(a_map_without_room_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
