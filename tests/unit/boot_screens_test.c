/* SPDX-License-Identifier: MIT */
/* The screen that a kernel gets, and the one that the fault screen has. */
#include <stdlib.h>

#include "base/units.h"
#include "boot_fixture.h"
#include "memory/page_tables.h"

static void give_graphics(struct host_machine *machine)
{
    machine->framebuffer = UINT64_C(1) << 40; /* far above all RAM */
    machine->video.count = 1;
    machine->video.modes[0] = (struct bowline_video_mode){1024, 768, 32};
}

/* Of text and graphics: what is asked for, what there is, and what the kernel gets. */
static void one_screen_is_set_up(void **state)
{
    static const uint64_t TEXT = BOWLINE_WANT_VGA_TEXT, PIXELS = BOWLINE_WANT_FRAMEBUFFER;
    static const struct {
        uint64_t flags;
        bool has_text;
        bool is_text;
    } cases[] = {
        {0, true, false},
        {TEXT, true, true},
        {TEXT, false, false},
        {TEXT | PIXELS, true, true},
        {TEXT | BOWLINE_REQUIRE(PIXELS), true, false},
        {BOWLINE_REQUIRE(TEXT) | PIXELS, true, true},
    };
    struct fixture *fixture = *state;
    const struct host_machine fresh = fixture->machine;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        fixture->machine = fresh;
        give_graphics(&fixture->machine);
        fixture->machine.has_vga_text = cases[i].has_text;
        fixture->note.request.flags = cases[i].flags;
        boot_or_fail(fixture);
        const struct bowline_info *info = info_of(fixture);
        assert_int_equal(info->flags & BOWLINE_IS_VGA_TEXT,
                         cases[i].is_text ? BOWLINE_IS_VGA_TEXT : 0);
        assert_int_equal(info->framebuffers.count, cases[i].is_text ? 0 : 1);
        if (i + 1 < COUNT_OF(cases)) {
            host_machine_release(&fixture->machine);
            free(fixture->elf.bytes); /* another request is another kernel */
            fixture->elf.bytes = NULL;
        }
    }
}

/* What the resident part has mapped for the fault screen, in the loader area. */
static void assert_screen(const struct fixture *fixture, enum screen_kind kind, uint64_t phys,
                          unsigned flags)
{
    const struct resident *resident = resident_of(fixture);
    const struct bowline_info *info = info_of(fixture);
    struct mapping mapping;

    assert_int_equal(resident->screen_kind, kind);
    assert_true(resident->screen - info->loader_base < info->loader_size);
    assert_true(page_tables_walk(resident->root, FOUR_LEVELS, resident->screen, &mapping));
    assert_int_equal(mapping.phys, phys);
    assert_int_equal(mapping.flags, flags);
}

static void fault_screen_has_its_own_framebuffer(void **state)
{
    struct fixture *fixture = *state;

    give_graphics(&fixture->machine);
    fixture->machine.framebuffer += 0x30; /* in the midst of a page */
    boot_or_fail(fixture);
    assert_screen(fixture, SCREEN_IS_FRAMEBUFFER, fixture->machine.framebuffer,
                  MAP_WRITE | MAP_WRITE_COMBINING);
    const struct resident *resident = resident_of(fixture);
    struct mapping last;
    assert_true(page_tables_walk(resident->root, FOUR_LEVELS, resident->screen + 1024 * 768 * 4 - 1,
                                 &last));
    assert_int_equal(last.phys, fixture->machine.framebuffer + 1024 * 768 * 4 - 1);
}

static void fault_screen_takes_text(void **state)
{
    struct fixture *fixture = *state;

    fixture->machine.has_vga_text = true;
    fixture->note.request.framebuffer.kind = BOWLINE_PLACE_NONE;
    boot_or_fail(fixture);
    assert_screen(fixture, SCREEN_IS_VGA_TEXT, 0xb8000, MAP_WRITE | MAP_UNCACHED);
    assert_int_equal(info_of(fixture)->flags & BOWLINE_IS_VGA_TEXT, 0); /* nobody asked for it */
}

static void fault_screen_knows_the_areas(void **state)
{
    struct fixture *fixture = *state;

    fixture->note.request.flags = BOWLINE_WANT_RECURSIVE_PAGE_TABLE;
    boot_or_fail(fixture);
    const struct resident *resident = resident_of(fixture);
    const struct bowline_info *info = info_of(fixture);
    const struct {
        const char *name;
        uint64_t first;
    } expected[] = {
        {"the kernel's code", KERNEL_BASE},
        {"the kernel's constants", KERNEL_BASE + 0x2000},
        {"the kernel's variables", KERNEL_BASE + 0x3080},
        {"the guard page of the stack", info->stack_base - PAGE_SIZE},
        {"the direct map", info->direct_map},
        {"the modules", 0},
        {"the boot info", resident->info},
        {"the loader area", info->loader_base},
        {"the stack", info->stack_base},
        {"the recursive page table", 0xffffff0000000000}, /* entry 510 */
    };

    assert_int_equal(resident->area_count, COUNT_OF(expected));
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        assert_string_equal(resident->areas[i].name, expected[i].name);
        if (expected[i].first != 0)
            assert_int_equal(resident->areas[i].first, expected[i].first);
    }
    assert_int_equal(resident->areas[2].last, KERNEL_BASE + 0x3080 + 0x5678 - 1);
    assert_int_equal(resident->areas[9].last, 0xffffff7fffffffff);
}

static void framebuffer_is_write_combining(void **state)
{
    struct fixture *fixture = *state;

    give_graphics(&fixture->machine);
    boot_or_fail(fixture);
    const struct bowline_info *info = info_of(fixture);
    assert_int_equal(info->framebuffers.count, 1);
    const struct bowline_framebuffer *framebuffer =
        see(fixture, (uintptr_t)info->framebuffers.items);
    assert_int_equal(framebuffer->width, 1024);
    assert_int_equal(framebuffer->modes.count, 1);
    struct mapping mapping;
    uint64_t address = (uintptr_t)framebuffer->address;
    for (uint64_t i = 0; i < 1024 * 768 * 4; i += PAGE_SIZE) {
        assert_true(
            page_tables_walk(resident_of(fixture)->root, FOUR_LEVELS, address + i, &mapping));
        assert_int_equal(mapping.phys, fixture->machine.framebuffer + i);
        assert_int_equal(mapping.flags, MAP_WRITE | MAP_WRITE_COMBINING);
    }
    const struct bowline_memory_region *last =
        (const struct bowline_memory_region *)see(fixture, (uintptr_t)info->memory_map.items) +
        info->memory_map.count - 1;
    assert_int_equal(last->kind, BOWLINE_MEMORY_FRAMEBUFFER);
    assert_int_equal(last->base, fixture->machine.framebuffer);
    assert_int_equal(info->direct_map_size, 4 * GIB);
}

/* A simulated graphics card has its pixels in RAM: two ways of caching them do not go together. */
static void framebuffer_in_ram_is_not_cached(void **state)
{
    struct fixture *fixture = *state;

    give_graphics(&fixture->machine);
    fixture->machine.framebuffer = 16 * MIB;
    boot_or_fail(fixture);
    uint64_t first = info_of(fixture)->direct_map + 16 * MIB, end = first + 1024 * 768 * 4;
    assert_int_equal(flags_at(fixture, first - 1), MAP_WRITE);
    assert_int_equal(flags_at(fixture, first), MAP_WRITE | MAP_UNCACHED);
    assert_int_equal(flags_at(fixture, end - 1), MAP_WRITE | MAP_UNCACHED);
    assert_int_equal(flags_at(fixture, end), MAP_WRITE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOOT_TEST(framebuffer_is_write_combining), BOOT_TEST(framebuffer_in_ram_is_not_cached),
        BOOT_TEST(one_screen_is_set_up),           BOOT_TEST(fault_screen_has_its_own_framebuffer),
        BOOT_TEST(fault_screen_takes_text),        BOOT_TEST(fault_screen_knows_the_areas),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
