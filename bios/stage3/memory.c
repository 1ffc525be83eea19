/* SPDX-License-Identifier: MIT */
#include "firmware/memory.h"

#include "base/string.h"
#include "base/units.h"
#include "bios.h"
#include "bios_call.h"
#include "console/log.h"
#include "cpu/cpu.h"
#include "identity_map.h"
#include "memory_layout.h"
#include "regions.h"

/* Ranges that the loader itself uses until the hand-over. */
enum { OWN_LOW, OWN_TABLES, OWN_FILE, OWN_RANGES };

static const struct memory_report *report; /* stage 2's, in its memory */
static struct range own[OWN_RANGES];
static struct bowline_memory_region regions[MEMORY_ENTRIES_MAX + OWN_RANGES];
static uint64_t lowest_claim = 4 * GIB; /* of what lies below that */
static bool is_over;

uint64_t memory_low_end(void)
{
    struct bios_call call = {.interrupt = 0x12}; /* KiB */

    bios_calls(&call, 1);
    return minimum((uint64_t)LOW_WORD(call.eax) * KIB, LAYOUT_BOUNCE_END);
}

void memory_start(const struct memory_report *stage2_report)
{
    uint64_t size = identity_map_table_size(stage2_report);

    report = stage2_report;
    own[OWN_LOW] = (struct range){0, memory_low_end()};
    own[OWN_TABLES] = (struct range){find_usable(report, size, 1 * MIB, 4 * GIB), size};
    if (own[OWN_TABLES].base == 0)
        own[OWN_TABLES].length =
            0; /* then there is no room for a kernel either, and it will say so */
    identity_map_start(own[OWN_TABLES]);
}

/* The core claims from the top down: what is below the lowest claim, and above the tables, is free.
 */
void *memory_resize_file(uint64_t size)
{
    uint64_t tables_end = own[OWN_TABLES].base + own[OWN_TABLES].length;
    struct range old = own[OWN_FILE];
    struct range new = {.length = align_up(minimum(size, 4 * GIB), PAGE_SIZE)};

    if (size > 0) {
        new.base = find_usable(report, new.length, maximum(tables_end, 1 * MIB), lowest_claim);
        if (new.base == 0)
            return NULL;
    }
    if (new.base != old.base)
        memmove((void *)new.base, (void *)old.base, minimum(old.length, size));
    own[OWN_FILE] = new;
    return (void *)new.base;
}

void memory_end(void)
{
    is_over = true;
}

void firmware_must_be_alive(void)
{
    if (!is_over)
        return;
    log_message(LOG_ERROR, "the firmware was called from %llx after it was left: a bug in Bowline",
                (unsigned long long)(uintptr_t)__builtin_return_address(0));
    cpu_halt();
}

bool firmware_read_memory_map(struct firmware_memory_map *out, struct error *error)
{
    uint64_t count = regions_translate(report, regions);

    (void)error;
    for (int i = 0; i < OWN_RANGES && !is_over; i++)
        regions[count++] = (struct bowline_memory_region){
            .base = own[i].base,
            .length = own[i].length,
            .kind = BOWLINE_MEMORY_LOADER_RECLAIMABLE,
        };
    *out = (struct firmware_memory_map){
        .regions = regions,
        .count = count,
        .capacity = COUNT_OF(regions),
    };
    return true;
}

bool firmware_claim_pages(uint64_t phys, uint64_t pages)
{
    struct range claim = {phys, pages * PAGE_SIZE};

    firmware_must_be_alive();
    for (int i = 0; i < OWN_RANGES; i++)
        if (claim.base < own[i].base + own[i].length && own[i].base < claim.base + claim.length)
            return false;
    if (!range_is_usable(report, claim))
        return false;
    lowest_claim = minimum(lowest_claim, phys);
    return true;
}

void firmware_release_pages(uint64_t phys, uint64_t pages)
{
    /* The BIOS keeps no books. */
    (void)phys;
    (void)pages;
}

void *firmware_memory(uint64_t phys, uint64_t length)
{
    if (length > 4 * GIB - minimum(phys, 4 * GIB) && !identity_map_reach(phys, length)) {
        log_message(LOG_ERROR, "no table memory for address %lx: a bug in Bowline", phys);
        cpu_halt();
    }
    return (void *)phys;
}
