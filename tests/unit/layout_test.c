/* SPDX-License-Identifier: MIT */
#include "memory/layout.h"

#include "base/units.h"
#include "memory/page_tables.h"
#include "support.h"

static const uint64_t UPPER = 0xffff800000000000;

static struct bowline_request request;
static struct elf_kernel kernel;
static struct layout_sizes sizes;
static struct layout layout;
static struct error error;

static int setup(void **state)
{
    (void)state;
    request = (struct bowline_request){0};
    error = (struct error){0};
    kernel = (struct elf_kernel){
        .low = 0x200000,
        .segment_count = 2,
        .segments = {{.address = 0x200010, .memory_size = 0x1000},
                     {.address = 0xffffffff80000000, .memory_size = 0x80000000}},
    };
    sizes =
        (struct layout_sizes){.levels = FOUR_LEVELS,
                              .area = {0, 4 * GIB, 4 * MIB, 8 * KIB, 64 * KIB, 48 * KIB, 64 * KIB}};
    return 0;
}

static bool plan(void)
{
    return layout_plan(&request, &kernel, &sizes, &layout, &error);
}

static struct bowline_placement at(uint64_t address)
{
    return (struct bowline_placement)BOWLINE_AT(address);
}

/* No two areas overlap or touch, none hits the kernel, all lie inside the range. */
static void assert_sane(uint64_t start, uint64_t end)
{
    assert_true(plan());
    for (enum area a = AREA_DIRECT_MAP; a < AREA_COUNT; a++) {
        uint64_t first = layout.area[a], last = first + sizes.area[a] - 1;

        if (sizes.area[a] == 0) {
            assert_int_equal(first, 0);
            continue;
        }
        assert_int_equal(first % PAGE_SIZE, 0);
        assert_true(first >= start && last >= first && last < end);
        for (enum area b = AREA_DIRECT_MAP; b < AREA_COUNT; b++)
            assert_true(a == b || sizes.area[b] == 0 || layout.area[b] > last + PAGE_SIZE ||
                        layout.area[b] + sizes.area[b] + PAGE_SIZE <= first);
        for (unsigned i = 0; i < kernel.segment_count; i++)
            assert_true(kernel.segments[i].address > last ||
                        elf_segment_last(&kernel.segments[i]) < first);
    }
}

static void everything_has_a_place_of_its_own(void **state)
{
    (void)state;
    assert_sane(UPPER, UINT64_MAX);
    assert_int_equal(layout.area[AREA_DIRECT_MAP], UPPER);
    assert_int_equal(layout.area[AREA_FRAMEBUFFER] % (2 * MIB), 0);
}

static void the_kernel_is_not_run_over(void **state)
{
    (void)state;
    kernel.segments[0].address = UPPER;
    kernel.low = UPPER;
    assert_sane(UPPER, UINT64_MAX);
}

static void a_huge_direct_map_is_no_problem(void **state)
{
    (void)state;
    sizes.area[AREA_DIRECT_MAP] = 600 * GIB;
    assert_sane(UPPER, UINT64_MAX);
    sizes.area[AREA_DIRECT_MAP] = UINT64_C(1) << 46;
    assert_sane(UPPER, UINT64_MAX);
    sizes.area[AREA_DIRECT_MAP] = UINT64_C(1) << 47;
    assert_false(plan());
    assert_error(&error, ERROR_LAYOUT_NO_ROOM);
}

static void a_range_is_kept(void **state)
{
    (void)state;
    request.dynamic_range_start = 0x10000000000;
    request.dynamic_range_end = 0x20000000000;
    assert_sane(0x10000000000, 0x20000000000);
    request.dynamic_range_start = 0;
    request.dynamic_range_end = 0x20000000000;
    assert_sane(PAGE_SIZE, 0x20000000000);
}

static void bad_ranges_are_refused(void **state)
{
    static const uint64_t ranges[][2] = {
        {0x1000, 0xffff800000001000}, /* across the hole */
        {0x2000, 0x1000},
        {0x1000, 0x1000},
        {0x1001, 0x200000},
        {0x1000, 0x10001},
        {0x5000, 0},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(ranges); i++) {
        request.dynamic_range_start = ranges[i][0];
        request.dynamic_range_end = ranges[i][1];
        assert_false(plan());
        assert_error(&error, ERROR_REQUEST_RANGE);
    }
}

static void requested_addresses_are_honoured(void **state)
{
    (void)state;
    request.direct_map = at(0xffffc00000000000);
    request.modules = at(0x40000000);
    request.stack = at(0xffffb00000000000);
    assert_true(plan());
    assert_int_equal(layout.area[AREA_DIRECT_MAP], 0xffffc00000000000);
    assert_int_equal(layout.area[AREA_MODULES], 0x40000000);
    assert_int_equal(layout.area[AREA_STACK], 0xffffb00000000000);
}

static void collisions_say_with_what(void **state)
{
    (void)state;
    request.stack = at(0x202000); /* its guard page would lie on the kernel's last page */
    assert_false(plan());
    assert_error(&error, ERROR_LAYOUT_COLLISION);
    assert_string_equal(error.detail, "the stack at 0x202000 would collide with the kernel");
    assert_int_equal(error.numbers[0], 0x200000);
    assert_int_equal(error.numbers[1], 0x201fff);
    request.stack = at(0x203000);
    assert_true(plan());
    request.boot_info = at(0x203000 + 32 * KIB);
    assert_false(plan());
    assert_string_equal(error.detail, "the stack at 0x203000 would collide with the boot info");
}

static void impossible_addresses_are_refused(void **state)
{
    static const uint64_t addresses[] = {
        0, 0x1000, 0x200001, 0x800000000000, 0x7fffffff8000, UPPER - 0x1000, UINT64_MAX - 0xfff};
    (void)state;

    for (size_t i = 0; i < COUNT_OF(addresses); i++) {
        request.stack = at(addresses[i]);
        assert_false(plan());
        assert_error(&error, ERROR_REQUEST_ADDRESS);
    }
}

/* What is refused on one machine is refused on all. */
static void impossible_addresses_are_refused_for_nothing_too(void **state)
{
    (void)state;
    sizes.area[AREA_MODULES] = 0;
    request.modules = at(0x123);
    assert_false(plan());
    assert_error(&error, ERROR_REQUEST_ADDRESS);
    request.modules = at(0x200000); /* where the kernel lies, and nothing else is going to lie */
    assert_true(plan());
    assert_int_equal(layout.area[AREA_MODULES], 0);
}

static void placements_of_unknown_kind_are_refused(void **state)
{
    (void)state;
    request.modules.kind = 3;
    assert_false(plan());
    assert_error(&error, ERROR_REQUEST_PLACEMENT);
    request.modules.kind = BOWLINE_PLACE_NONE;
    assert_false(plan());
    request.modules.kind = BOWLINE_PLACE_ANYWHERE;
    request.direct_map.kind = BOWLINE_PLACE_NONE;
    sizes.area[AREA_DIRECT_MAP] = 0;
    assert_true(plan());
    request.kernel_base = at(0x400000);
    assert_false(plan());
    assert_error(&error, ERROR_LAYOUT_KERNEL_FIXED);
    request.kernel_base = at(0x200000);
    assert_true(plan());
}

static void the_loader_area_avoids_the_switch_code(void **state)
{
    (void)state;
    request.dynamic_range_start = 0x40000000;
    request.dynamic_range_end = 0x240000000;
    request.direct_map.kind = BOWLINE_PLACE_NONE;
    sizes.area[AREA_DIRECT_MAP] = 0;
    sizes.hand_over[0] = (struct layout_range){0x40410000, 0x2000};
    assert_sane(0x40000000, 0x240000000);
    uint64_t loader = layout.area[AREA_LOADER];
    assert_true(loader > 0x40411fff || loader + sizes.area[AREA_LOADER] <= 0x40410000);
}

static void the_recursive_slot_is_the_kernels_choice_or_free(void **state)
{
    (void)state;
    assert_true(plan());
    assert_int_equal(layout.recursive_index, 0);
    request.flags = BOWLINE_WANT_RECURSIVE_PAGE_TABLE;
    assert_sane(UPPER, UINT64_MAX);
    assert_int_equal(layout.recursive_index, 510);
    request.recursive_index = 300;
    assert_sane(UPPER, UINT64_MAX);
    assert_int_equal(layout.recursive_index, 300);
    request.recursive_index = 256; /* where the direct map would be */
    assert_sane(UPPER, UINT64_MAX);
    assert_true(layout.area[AREA_DIRECT_MAP] >= UPPER + 512 * GIB);
    request.recursive_index = 511; /* the kernel's */
    assert_false(plan());
    assert_error(&error, ERROR_LAYOUT_COLLISION);
    assert_string_equal(
        error.detail,
        "the recursive page table at 0xffffff8000000000 would collide with the kernel");
    request.recursive_index = 512;
    assert_false(plan());
    assert_error(&error, ERROR_REQUEST_RECURSIVE);
    request.flags = 0;
    assert_true(plan());
}

static void randomisation_moves_everything_dynamic(void **state)
{
    struct random random = {0};
    uint64_t seen[AREA_COUNT][8];
    (void)state;

    sizes.random = &random;
    sizes.area[AREA_FILE] = 12 * KIB;
    kernel.is_position_independent = true;
    kernel.alignment = 2 * MIB;
    kernel.segment_count = 1;
    kernel.span = 4 * MIB;
    request.modules = at(0x40000000);
    for (unsigned round = 0; round < 8; round++) {
        struct elf_kernel linked = kernel;

        assert_true(plan());
        kernel.segment_count = 0; /* it is not where it was linked */
        assert_sane(0x1000, UINT64_MAX);
        kernel = linked;
        assert_true(plan());
        assert_int_equal(layout.slide % kernel.alignment, 0);
        assert_int_equal(layout.area[AREA_MODULES], 0x40000000);
        for (enum area area = 0; area < AREA_COUNT; area++)
            seen[area][round] = layout.area[area];
    }
    for (enum area area = 0; area < AREA_COUNT; area++) {
        for (unsigned i = 1; i < 8; i++)
            assert_true(area == AREA_MODULES || seen[area][i] != seen[area][0]);
    }
}

static void position_independent_kernels_go_where_they_should(void **state)
{
    (void)state;
    kernel.is_position_independent = true;
    kernel.alignment = 2 * MIB;
    kernel.span = 4 * MIB;
    kernel.segment_count = 1;
    assert_true(plan()); /* linked at 2 MiB: it stays there */
    assert_int_equal(layout.slide, 0);
    kernel.low = 0x1000; /* linked nowhere in particular */
    kernel.segments[0].address = 0x1000;
    assert_true(plan());
    assert_true(layout.area[AREA_KERNEL] >= UPPER);
    assert_int_equal(layout.slide % (2 * MIB), 0);
    request.kernel_base = at(0xffffffff80001000);
    assert_true(plan());
    assert_int_equal(layout.area[AREA_KERNEL], 0xffffffff80001000);
    request.kernel_base = at(0xffffffff80000000);
    assert_false(plan());
    assert_error(&error, ERROR_LAYOUT_KERNEL_ALIGNMENT);
    request.kernel_base = at(0xfffffffffffff000 - 2 * MIB + 0x2000);
    assert_false(plan()); /* it would reach beyond the end */
}

/* Neighbours beyond the ends of the dynamic range are neighbours, too. */
static void the_ends_of_the_range_keep_their_distance(void **state)
{
    (void)state;
    kernel.segments[1].memory_size = 0x4000;
    request.direct_map.kind = BOWLINE_PLACE_NONE;
    sizes = (struct layout_sizes){.levels = FOUR_LEVELS, .area[AREA_STACK] = 64 * KIB};
    request.dynamic_range_start = 0xffffffff80004000;
    request.dynamic_range_end = 0xffffffff80004000 + 1 * MIB;
    assert_true(plan());
    assert_int_equal(layout.area[AREA_STACK], 0xffffffff80006000); /* a page, and the guard page */
    request.dynamic_range_start = 0xffffffff80000000 - 18 * PAGE_SIZE;
    request.dynamic_range_end = 0xffffffff80000000;
    assert_true(plan());
    request.dynamic_range_start += PAGE_SIZE;
    assert_false(plan());
}

static void stack_sizes_are_rounded_and_bounded(void **state)
{
    uint64_t size;
    (void)state;

    assert_true(layout_stack_size(&request, &size, &error));
    assert_int_equal(size, 64 * KIB);
    request.stack_size = 1;
    assert_true(layout_stack_size(&request, &size, &error));
    assert_int_equal(size, PAGE_SIZE);
    request.stack_size = UINT64_MAX;
    assert_false(layout_stack_size(&request, &size, &error));
    assert_error(&error, ERROR_REQUEST_STACK);
}

/* Whatever is asked for, the plan is sane or refused. */
static void random_requests_never_overlap(void **state)
{
    uint32_t random = 11;
    unsigned planned = 0;

    for (unsigned round = 0; round < 2000; round++) {
        setup(state);
        for (enum area area = AREA_DIRECT_MAP; area < AREA_COUNT; area++)
            sizes.area[area] = (uint64_t)(next_random(&random) % 1024)
                               << (12 + next_random(&random) % 20);
        if (sizes.area[AREA_STACK] == 0)
            sizes.area[AREA_STACK] = PAGE_SIZE;
        request.dynamic_range_start = 0x100000 + (uint64_t)(next_random(&random) % 64) * GIB;
        request.dynamic_range_end =
            request.dynamic_range_start + (uint64_t)(1 + next_random(&random) % 40000) * GIB;
        if (!plan())
            continue;
        planned++;
        assert_sane(request.dynamic_range_start, request.dynamic_range_end);
    }
    assert_in_range(planned, 200, 2000);
}

/* Nine more bits: 57, and a slot of the root table is 256 TiB. */
static void five_levels_reach_further(void **state)
{
    (void)state;
    kernel.segments[0].address = kernel.low = 0x0001000000000000;
    assert_false(plan());
    assert_error(&error, ERROR_LAYOUT_FIVE_LEVELS);
    assert_int_equal(error.numbers[1], 0x0001000000000000);
    sizes.levels = FIVE_LEVELS;
    assert_sane(0xff00000000000000, 0xfffffffffffff000);
    assert_int_equal(layout.area[AREA_DIRECT_MAP], 0xff00000000000000);
    request.stack = at(0xff80000000000000);
    request.flags = BOWLINE_REQUIRE(BOWLINE_WANT_RECURSIVE_PAGE_TABLE);
    request.recursive_index = 384; /* 0xff80000000000000 to 0xff80ffffffffffff */
    assert_false(plan());
    assert_error(&error, ERROR_LAYOUT_COLLISION);
    request.recursive_index = 385;
    assert_true(plan());
    assert_int_equal(layout.area[AREA_STACK], 0xff80000000000000);
    request.recursive_index = 1; /* where the kernel is */
    assert_false(plan());
    request.stack = at(0x0100000000000000); /* not canonical */
    assert_false(plan());
    assert_error(&error, ERROR_REQUEST_ADDRESS);
}

int main(void)
{
#define LAYOUT_TEST(function) cmocka_unit_test_setup(function, setup)
    const struct CMUnitTest tests[] = {
        LAYOUT_TEST(everything_has_a_place_of_its_own),
        LAYOUT_TEST(the_kernel_is_not_run_over),
        LAYOUT_TEST(a_huge_direct_map_is_no_problem),
        LAYOUT_TEST(a_range_is_kept),
        LAYOUT_TEST(bad_ranges_are_refused),
        LAYOUT_TEST(requested_addresses_are_honoured),
        LAYOUT_TEST(collisions_say_with_what),
        LAYOUT_TEST(impossible_addresses_are_refused),
        LAYOUT_TEST(impossible_addresses_are_refused_for_nothing_too),
        LAYOUT_TEST(placements_of_unknown_kind_are_refused),
        LAYOUT_TEST(the_loader_area_avoids_the_switch_code),
        LAYOUT_TEST(the_recursive_slot_is_the_kernels_choice_or_free),
        LAYOUT_TEST(randomisation_moves_everything_dynamic),
        LAYOUT_TEST(position_independent_kernels_go_where_they_should),
        LAYOUT_TEST(the_ends_of_the_range_keep_their_distance),
        LAYOUT_TEST(stack_sizes_are_rounded_and_bounded),
        LAYOUT_TEST(random_requests_never_overlap),
        LAYOUT_TEST(five_levels_reach_further),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
