/* SPDX-License-Identifier: MIT */
#include "memory/frames.h"

#include <stdlib.h>

#include "base/units.h"
#include "host/machine.h"
#include "support.h"

struct fixture {
    struct host_machine machine;
    struct frames frames;
    struct error error;
};

static int setup(void **state)
{
    *state = calloc(1, sizeof(struct fixture));
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    host_machine_release(&fixture->machine);
    free(fixture);
    return 0;
}

static void make_machine(struct fixture *fixture, const uint64_t (*ranges)[2], size_t count)
{
    for (size_t i = 0; i < count; i++)
        host_machine_add_region(&fixture->machine, ranges[i][0], ranges[i][1],
                                BOWLINE_MEMORY_USABLE);
    fixture->machine.memory_size = 16 * GIB;
    host_machine_power_on(&fixture->machine);
}

static bool allocate(struct fixture *fixture, uint64_t pages, uint64_t alignment, uint64_t *phys)
{
    return frames_allocate(&fixture->frames, pages, alignment, FRAMES_LOADER, phys,
                           &fixture->error);
}

/* [a, b) yields exactly b - a frames, each once, and not one more: the first one to the ledger. */
static void a_region_yields_all_its_frames(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t ranges[][2] = {{2 * MIB, 17 * PAGE_SIZE}};
    bool seen[16] = {false};
    uint64_t phys;

    make_machine(fixture, ranges, 1);
    for (unsigned i = 0; i < 16; i++) {
        assert_true(allocate(fixture, 1, PAGE_SIZE, &phys));
        uint64_t index = (phys - 2 * MIB) / PAGE_SIZE;
        assert_in_range(index, 0, 15);
        assert_false(seen[index]);
        seen[index] = true;
    }
    assert_false(allocate(fixture, 1, PAGE_SIZE, &phys));
    assert_error(&fixture->error, ERROR_NOT_ENOUGH_MEMORY);
    assert_int_equal(fixture->frames.count, 2); /* neighbours of one use are one range */
}

static void odd_ends_are_rounded_inwards(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t ranges[][2] = {{2 * MIB + 1, 4 * PAGE_SIZE}, {4 * MIB, 4095}};
    uint64_t phys;

    make_machine(fixture, ranges, 2);
    assert_true(allocate(fixture, 2, PAGE_SIZE, &phys));
    assert_int_equal(phys, 2 * MIB + PAGE_SIZE);
    assert_false(allocate(fixture, 1, PAGE_SIZE, &phys));
}

static void the_first_mebibyte_is_left_alone(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t ranges[][2] = {{0, 1 * MIB + 2 * PAGE_SIZE}};
    uint64_t phys;

    make_machine(fixture, ranges, 1);
    assert_true(allocate(fixture, 1, PAGE_SIZE, &phys));
    assert_int_equal(phys, 1 * MIB);
    assert_false(allocate(fixture, 1, PAGE_SIZE, &phys));
}

static void below_4_gib_comes_first(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t ranges[][2] = {{1 * GIB, 1 * MIB}, {3 * GIB, 2 * GIB}, {8 * GIB, 4 * GIB}};
    uint64_t phys;

    make_machine(fixture, ranges, 3);
    assert_true(allocate(fixture, 1, PAGE_SIZE, &phys));
    assert_int_equal(phys, 4 * GIB - 2 * PAGE_SIZE); /* the ledger is above it */
    assert_true(allocate(fixture, 2 * GIB / PAGE_SIZE, PAGE_SIZE, &phys));
    assert_int_equal(phys, 10 * GIB);
    assert_true(allocate(fixture, 1 * GIB / PAGE_SIZE, 1 * GIB, &phys));
    assert_int_equal(phys, 9 * GIB);
}

static void regions_that_overlap_usable_ones_are_avoided(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t ranges[][2] = {{1 * MIB, 15 * MIB}};
    uint64_t phys;

    make_machine(fixture, ranges, 1);
    host_machine_add_region(&fixture->machine, 4 * MIB, 12 * MIB, BOWLINE_MEMORY_RESERVED);
    assert_true(allocate(fixture, 1, PAGE_SIZE, &phys));
    assert_int_equal(phys, 4 * MIB - 2 * PAGE_SIZE);
}

static void a_claim_that_fails_is_repeated(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t ranges[][2] = {{2 * MIB, 16 * PAGE_SIZE}};
    uint64_t phys;

    make_machine(fixture, ranges, 1);
    fixture->machine.failing_call = 4; /* the ledger has two, and the memory map is the first */
    assert_true(allocate(fixture, 1, PAGE_SIZE, &phys));
    assert_int_equal(fixture->machine.claimed_pages, 2); /* one is the ledger */
    frames_release(&fixture->frames);
    assert_int_equal(fixture->machine.claimed_pages, 0);
}

/* boot.conf stays in memory when a try has failed. */
static void what_is_kept_survives_a_try(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t ranges[][2] = {{2 * MIB, 16 * PAGE_SIZE}};
    uint64_t kept, tried, again;
    struct error error;

    make_machine(fixture, ranges, 1);
    assert_true(frames_allocate(&fixture->frames, 3, PAGE_SIZE, FRAMES_KEPT, &kept, &error));
    assert_true(allocate(fixture, 2, PAGE_SIZE, &tried));
    assert_int_equal(tried, kept - 2 * PAGE_SIZE);
    frames_release_try(&fixture->frames);
    assert_int_equal(fixture->machine.claimed_pages, 3 + 1); /* the ledger is kept, too */
    assert_true(allocate(fixture, 2, PAGE_SIZE, &again));
    assert_int_equal(again, tried);
    frames_release(&fixture->frames);
    assert_int_equal(fixture->machine.claimed_pages, 0);
}

static void certain_frames_are_taken_if_they_are_free(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t ranges[][2] = {{2 * MIB, 16 * PAGE_SIZE}, {4 * MIB, 16 * PAGE_SIZE}};
    struct frames *frames = &fixture->frames;
    uint64_t phys;

    make_machine(fixture, ranges, 2);
    assert_true(frames_take(frames, 2 * MIB + 3 * PAGE_SIZE, 2, FRAMES_KEPT));
    assert_memory_equal(fixture->machine.memory + 2 * MIB + 3 * PAGE_SIZE, "\xa5", 1);
    assert_false(frames_take(frames, 2 * MIB + 3 * PAGE_SIZE, 1, FRAMES_KEPT));
    assert_false(frames_take(frames, 2 * MIB + 2 * PAGE_SIZE, 2, FRAMES_KEPT));
    assert_false(frames_take(frames, 2 * MIB + 15 * PAGE_SIZE, 2, FRAMES_KEPT));
    assert_false(frames_take(frames, 2 * MIB - PAGE_SIZE, 2, FRAMES_KEPT));
    assert_false(frames_take(frames, 3 * MIB, 1, FRAMES_KEPT));
    assert_false(frames_take(frames, 0x1000, 1, FRAMES_KEPT));
    assert_false(frames_take(frames, UINT64_MAX - PAGE_SIZE + 1, 2, FRAMES_KEPT));
    fixture->machine.failing_call = fixture->machine.calls + 2; /* the claim */
    assert_false(frames_take(frames, 2 * MIB, 1, FRAMES_KEPT));
    assert_true(frames_take(frames, 2 * MIB, 1, FRAMES_KEPT));
    for (unsigned i = 0; i < 12; i++) /* and nobody else gets them */
        if (allocate(fixture, 1, PAGE_SIZE, &phys))
            assert_true(phys != 2 * MIB && phys != 2 * MIB + 3 * PAGE_SIZE &&
                        phys != 2 * MIB + 4 * PAGE_SIZE);
}

static void absurd_sizes_are_refused(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t ranges[][2] = {{2 * MIB, 16 * PAGE_SIZE}};
    const uint64_t pages[] = {17, UINT64_MAX, UINT64_MAX / PAGE_SIZE, UINT64_C(1) << 52};
    uint64_t phys = 42;

    make_machine(fixture, ranges, 1);
    for (size_t i = 0; i < COUNT_OF(pages); i++)
        assert_false(allocate(fixture, pages[i], PAGE_SIZE, &phys));
    assert_int_equal(phys, 42);
}

/* Random regions, sizes and alignments: never outside of usable memory, never twice. */
static void random_allocations_are_disjoint(void **state)
{
    struct fixture *fixture = *state;
    uint64_t ranges[20][2];
    struct {
        uint64_t start, end;
    } taken[100];
    unsigned count = 0;
    uint32_t random = 7;

    for (unsigned i = 0; i < 20; i++) {
        ranges[i][0] = 1 * MIB + i * 64 * PAGE_SIZE;
        ranges[i][1] = (next_random(&random) % 64) * PAGE_SIZE;
    }
    make_machine(fixture, (const uint64_t(*)[2])ranges, 20);
    for (unsigned i = 0; i < 100; i++) {
        uint64_t pages = 1 + next_random(&random) % 8, phys;
        uint64_t alignment = PAGE_SIZE << next_random(&random) % 4;
        bool is_inside = false;

        if (!allocate(fixture, pages, alignment, &phys))
            continue;
        assert_int_equal(phys % alignment, 0);
        for (unsigned j = 0; j < 20; j++)
            is_inside |=
                phys >= ranges[j][0] && phys + pages * PAGE_SIZE <= ranges[j][0] + ranges[j][1];
        assert_true(is_inside);
        for (unsigned j = 0; j < count; j++)
            assert_true(phys >= taken[j].end || phys + pages * PAGE_SIZE <= taken[j].start);
        taken[count].start = phys;
        taken[count++].end = phys + pages * PAGE_SIZE;
    }
    assert_in_range(count, 20, 100);
}

/* The ledger has no end, and knows each page. */
static void any_number_of_ranges_is_kept(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t ranges[][2] = {{2 * MIB, 32 * MIB}};
    const enum frame_use uses[] = {FRAMES_LOADER, FRAMES_MODULE};
    static uint64_t taken[3000];
    uint64_t pages = 0;

    make_machine(fixture, ranges, 1);
    for (unsigned i = 0; i < COUNT_OF(taken); i++)
        assert_true(frames_allocate(&fixture->frames, 1, PAGE_SIZE, uses[i % 2], &taken[i],
                                    &fixture->error));
    assert_in_range(fixture->frames.count, COUNT_OF(taken), COUNT_OF(taken) + 10);
    for (unsigned i = 0; i < COUNT_OF(taken); i++) {
        uint64_t range = 0;

        while (taken[i] - fixture->frames.ranges[range].base >=
               fixture->frames.ranges[range].pages * PAGE_SIZE)
            assert_true(++range < fixture->frames.count);
        assert_int_equal(fixture->frames.ranges[range].use, uses[i % 2]);
    }
    for (uint64_t i = 0; i < fixture->frames.count; i++)
        pages += fixture->frames.ranges[i].pages;
    assert_int_equal(pages, fixture->machine.claimed_pages);
    frames_release(&fixture->frames);
    assert_int_equal(fixture->machine.claimed_pages, 0);
    assert_true(allocate(fixture, 1, PAGE_SIZE, &pages)); /* a second boot */
}

/* From the middle, from the ends, and as a whole. */
static void what_is_given_back_is_free_again(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t ranges[][2] = {{2 * MIB, 17 * PAGE_SIZE}};
    const uint64_t parts[][2] = {{4, 2}, {0, 4}, {6, 1}, {15, 1}, {7, 8}};
    uint64_t phys, again;

    make_machine(fixture, ranges, 1);
    assert_true(allocate(fixture, 16, PAGE_SIZE, &phys));
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        frames_give_back(&fixture->frames, phys + parts[i][0] * PAGE_SIZE, parts[i][1]);
        assert_true(allocate(fixture, parts[i][1], PAGE_SIZE, &again));
        assert_int_equal(again, phys + parts[i][0] * PAGE_SIZE);
        assert_false(allocate(fixture, 1, PAGE_SIZE, &again));
        assert_int_equal(fixture->machine.claimed_pages, 17);
    }
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        frames_give_back(&fixture->frames, phys + parts[i][0] * PAGE_SIZE, parts[i][1]);
    assert_int_equal(fixture->machine.claimed_pages, 1);
    assert_int_equal(fixture->frames.count, 1);
    frames_release(&fixture->frames);
    assert_int_equal(fixture->machine.claimed_pages, 0);
}

static void the_largest_piece_is_named(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t ranges[][2] = {{2 * MIB, 40 * KIB}, {8 * MIB, 100 * KIB}, {5 * GIB, 68 * KIB}};
    uint64_t phys;

    make_machine(fixture, ranges, 3);
    assert_true(allocate(fixture, 6, PAGE_SIZE, &phys));
    assert_false(allocate(fixture, 19, PAGE_SIZE, &phys));
    assert_error(&fixture->error, ERROR_NOT_ENOUGH_MEMORY);
    assert_int_equal(fixture->error.numbers[0], 76);
    assert_int_equal(fixture->error.numbers[1], 72); /* and 28 KiB are taken */
}

int main(void)
{
#define FRAMES_TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
    const struct CMUnitTest tests[] = {
        FRAMES_TEST(a_region_yields_all_its_frames),
        FRAMES_TEST(odd_ends_are_rounded_inwards),
        FRAMES_TEST(the_first_mebibyte_is_left_alone),
        FRAMES_TEST(below_4_gib_comes_first),
        FRAMES_TEST(regions_that_overlap_usable_ones_are_avoided),
        FRAMES_TEST(a_claim_that_fails_is_repeated),
        FRAMES_TEST(what_is_kept_survives_a_try),
        FRAMES_TEST(certain_frames_are_taken_if_they_are_free),
        FRAMES_TEST(absurd_sizes_are_refused),
        FRAMES_TEST(random_allocations_are_disjoint),
        FRAMES_TEST(any_number_of_ranges_is_kept),
        FRAMES_TEST(what_is_given_back_is_free_again),
        FRAMES_TEST(the_largest_piece_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
