/* SPDX-License-Identifier: MIT */
/*
 * Prints what its page tables map, a line "plan: FIRST LAST ACCESS" for each run of pages with the
 * same permissions: what `mkimage check` has said before the boot (tests/boot/plan-test.sh). The
 * boot info has a place of its own, because its size depends on the machine.
 */
#include "library/kernel.h"
#include "library/paging.h"

#ifndef PLAN_FLAGS
#define PLAN_FLAGS 0
#endif

BOWLINE_REQUEST(.flags = PLAN_FLAGS, .boot_info = BOWLINE_AT(0x7f0000000000),
                .framebuffer_width = 1024, .framebuffer_height = 768);

void kernel_main(const struct bowline_info *boot);

struct run {
    uint64_t start, end;
    struct mapping like;
};

static void show(const struct run *run)
{
    if (run->start != run->end)
        say("plan: 0x%lx 0x%lx r%c%c\n", run->start, run->end - 1,
            run->like.is_writable ? 'w' : '-', run->like.is_executable ? 'x' : '-');
}

static void add(void *context, const struct table_entry *entry)
{
    struct run *run = context;
    const struct mapping *mapping = &entry->mapping;

    if (entry->kind != ENTRY_IS_PAGE)
        return;
    if (run->end != entry->address || run->like.is_writable != mapping->is_writable ||
        run->like.is_executable != mapping->is_executable) {
        show(run);
        run->start = entry->address;
        run->like = *mapping;
    }
    run->end = entry->address + mapping->size;
}

/* Relocated, and read-only after that where there is RELRO. */
static int variable = 1;
static int *const pointer = &variable;
static int *const *volatile reader = &pointer;
static char zeros[20000];

void kernel_main(const struct bowline_info *boot)
{
    struct run run = {0};

    walk_page_tables(boot, add, &run);
    show(&run);
    say("plan: recursive %lu\n", boot->recursive_index);
    say("plan: entry 0x%lx\n", boot->kernel_entry);
    zeros[**reader] = 1;
    pass("plan");
}
