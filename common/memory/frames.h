/* SPDX-License-Identifier: MIT */
/*
 * Page frames that the loader takes from the firmware, and the ledger of what each is for. The
 * ledger becomes part of the memory map that the kernel gets.
 */
#pragma once

#include "base/error.h"

enum frame_use {
    FRAMES_TEMPORARY, /* given up at the hand-over: USABLE for the kernel */
    FRAMES_KEPT,      /* the same, and not given back between the tries of a boot */
    FRAMES_LOADER,    /* LOADER_RECLAIMABLE: page tables, stack, boot info ... */
    FRAMES_KERNEL,
    FRAMES_MODULE,
};

struct frame_range {
    uint64_t base; /* physical */
    uint64_t pages;
    enum frame_use use;
};

/*
 * All 0: nothing is taken yet. The ledger lies in memory that it has taken itself, and accounts
 * for, so that it has no end.
 */
struct frames {
    uint64_t count;
    uint64_t capacity;
    struct frame_range *ranges; /* by address; neighbours of one use are one range */
    uint64_t phys;              /* where they lie */
};

/*
 * Takes `pages` contiguous page frames whose first address is a multiple of `alignment` (a power of
 * two, at least PAGE_SIZE): the highest ones below 4 GiB, or else the highest there are. Never
 * below 1 MiB, which belongs to the firmware and to processors that start. Their contents are
 * undefined.
 */
bool frames_allocate(struct frames *frames, uint64_t pages, uint64_t alignment, enum frame_use use,
                     uint64_t *phys, struct error *error);

/* Takes these very page frames, with what they contain. False: they are not all free. */
bool frames_take(struct frames *frames, uint64_t phys, uint64_t pages, enum frame_use use);

/* Gives back what a try to boot has taken that failed: all but FRAMES_KEPT. */
void frames_release_try(struct frames *frames);

/* Gives back what frames_allocate() has given, when it is not needed any more. */
void frames_give_back(struct frames *frames, uint64_t phys, uint64_t pages);

/* Gives everything back to the firmware. */
void frames_release(struct frames *frames);
