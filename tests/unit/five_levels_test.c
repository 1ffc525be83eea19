/* SPDX-License-Identifier: MIT */
/* Who gets five levels of page tables, where they reach, and the way there and back. */
#include "boot_fixture.h"

#include <bowline.h>
#include <string.h>

#include "base/units.h"
#include "handover/crossing.h"

static bool is_mapped(uint64_t root, unsigned levels, uint64_t address, unsigned flags)
{
    struct mapping mapping;

    return page_tables_walk(root, levels, address, &mapping) && mapping.flags == flags;
}

/* Simulated physical memory. */
static const void *memory_at(const struct fixture *fixture, uint64_t phys)
{
    assert_true(phys < fixture->machine.memory_size);
    return fixture->machine.memory + phys;
}

/* The page that the machine was about to run when it started the kernel. */
static const struct crossing *crossing_of(const struct fixture *fixture)
{
    return memory_at(fixture, fixture->machine.enter - __builtin_offsetof(struct crossing, code));
}

/* The crossing leads from tables of `from` levels to the kernel's, and both show what it needs. */
static void assert_crosses(struct fixture *fixture, unsigned from, unsigned to)
{
    boot_or_fail(fixture);
    const struct crossing *crossing = crossing_of(fixture);
    uint64_t page = align_down(fixture->machine.enter, PAGE_SIZE);
    struct mapping mapping;

    assert_true(page < 4 * GIB && crossing->root < 4 * GIB);
    assert_true(is_mapped(fixture->machine.root, from, page, MAP_EXECUTE));
    assert_true(is_mapped(fixture->machine.root, from, 0x10000, MAP_EXECUTE)); /* switch code */
    assert_true(is_mapped(crossing->root, to, page, MAP_EXECUTE));
    assert_false(is_mapped(crossing->root, to, 0x10000, MAP_EXECUTE));
    assert_true(is_mapped(crossing->root, to, crossing->enter, MAP_EXECUTE));
    assert_true(is_mapped(crossing->root, to, crossing->resident, MAP_WRITE));
    assert_true(page_tables_walk(crossing->root, to, crossing->resident, &mapping));

    const struct resident *resident = memory_at(fixture, mapping.phys);
    assert_true(is_mapped(resident->root, to, crossing->enter, MAP_EXECUTE));
    assert_false(is_mapped(resident->root, to, page, MAP_EXECUTE));
    assert_true(page_tables_walk(resident->root, to, resident->info, &mapping));
    const struct bowline_info *info = memory_at(fixture, mapping.phys);
    assert_int_equal((info->flags & BOWLINE_IS_LA57) != 0, to == 5);

    assert_int_equal(crossing->to_32_bit.offset,
                     page + __builtin_offsetof(struct crossing, code) +
                         (uint64_t)(crossing_in_32_bit - crossing_code));
    assert_int_equal(crossing->cr4, to == 5 ? 0x1620 : 0x620);
    assert_int_equal(crossing->gdt_pointer.base, page + __builtin_offsetof(struct crossing, gdt));
    assert_memory_equal(crossing->code, crossing_code, crossing_code_end - crossing_code);
}

static void a_kernel_that_wants_five_levels_crosses_from_four(void **state)
{
    struct fixture *fixture = *state;

    fixture->machine.has_five_levels = true;
    fixture->note.request.flags = BOWLINE_WANT_LA57;
    assert_crosses(fixture, 4, 5);
}

static void a_kernel_that_wants_four_crosses_from_five(void **state)
{
    struct fixture *fixture = *state;

    fixture->machine.has_five_levels = fixture->machine.runs_with_five_levels = true;
    assert_crosses(fixture, 5, 4);
}

/* From there no page tables lead anywhere: the crossing is entered without. */
static void assert_crosses_from_32_bit_mode(struct fixture *fixture, unsigned to)
{
    fixture->machine.runs_in_32_bit_mode = true;
    boot_or_fail(fixture);
    uint64_t page = align_down(fixture->machine.enter, PAGE_SIZE);
    const struct crossing *crossing = memory_at(fixture, page);
    struct mapping mapping;

    assert_int_equal(fixture->machine.root, 0);
    assert_int_equal(fixture->machine.enter, crossing->to_32_bit.offset);
    assert_true(page < 4 * GIB && crossing->root < 4 * GIB);
    assert_int_equal(crossing->cr4, to == 5 ? 0x1620 : 0x620);
    assert_true(is_mapped(crossing->root, to, page, MAP_EXECUTE));
    assert_true(is_mapped(crossing->root, to, crossing->enter, MAP_EXECUTE));
    assert_true(page_tables_walk(crossing->root, to, crossing->resident, &mapping));
    const struct resident *resident = memory_at(fixture, mapping.phys);
    assert_true(is_mapped(resident->root, to, crossing->enter, MAP_EXECUTE));
    assert_false(is_mapped(resident->root, to, page, MAP_EXECUTE));
}

static void from_32_bit_mode_a_crossing_leads_to_four_levels(void **state)
{
    assert_crosses_from_32_bit_mode(*state, 4);
}

static void from_32_bit_mode_a_crossing_leads_to_five_levels(void **state)
{
    struct fixture *fixture = *state;

    fixture->machine.has_five_levels = true;
    fixture->note.request.flags = BOWLINE_WANT_LA57;
    assert_crosses_from_32_bit_mode(fixture, 5);
}

static void no_change_no_crossing(void **state)
{
    struct fixture *fixture = *state;
    struct mapping mapping;

    fixture->machine.has_five_levels = fixture->machine.runs_with_five_levels = true;
    fixture->note.request.flags = BOWLINE_REQUIRE(BOWLINE_WANT_LA57);
    boot_or_fail(fixture);
    assert_true(is_mapped(fixture->machine.root, 5, fixture->machine.enter, MAP_EXECUTE));
    assert_true(page_tables_walk(fixture->machine.root, 5, fixture->machine.resident, &mapping));
    const struct resident *resident = memory_at(fixture, mapping.phys);
    assert_true(is_mapped(resident->root, 5, fixture->machine.enter, MAP_EXECUTE));
}

static void a_wish_is_not_met_without_the_processor(void **state)
{
    struct fixture *fixture = *state;

    fixture->note.request.flags = BOWLINE_WANT_LA57;
    boot_or_fail(fixture);
    assert_int_equal(info_of(fixture)->flags & BOWLINE_IS_LA57, 0);
}

static void a_requirement_stops_the_boot_without_the_processor(void **state)
{
    struct fixture *fixture = *state;

    fixture->note.request.flags = BOWLINE_REQUIRE(BOWLINE_WANT_LA57);
    assert_int_equal(start(fixture), HOST_GAVE_UP);
    assert_non_null(strstr(fixture->machine.log, "five levels of page tables"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOOT_TEST(a_kernel_that_wants_five_levels_crosses_from_four),
        BOOT_TEST(a_kernel_that_wants_four_crosses_from_five),
        BOOT_TEST(from_32_bit_mode_a_crossing_leads_to_four_levels),
        BOOT_TEST(from_32_bit_mode_a_crossing_leads_to_five_levels),
        BOOT_TEST(no_change_no_crossing),
        BOOT_TEST(a_wish_is_not_met_without_the_processor),
        BOOT_TEST(a_requirement_stops_the_boot_without_the_processor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
