/* SPDX-License-Identifier: MIT */
/* Physical memory, as the firmware sees it. */
#pragma once

#include <bowline.h>

#include "base/error.h"

/*
 * Every function of firmware/ that asks the firmware begins with this. Once the machine has been
 * handed over (firmware/leave.h) it says from where it was called, and halts.
 */
void firmware_must_be_alive(void);

/* The raw map: regions as reported, in any order, perhaps overlapping, not rounded. */
struct firmware_memory_map {
    const struct bowline_memory_region
        *regions; /* the firmware layer's; valid until the next call */
    uint64_t count;
    uint64_t capacity; /* of this map, and of one after some fifty claims more: the final one */

    /* The same as UEFI gave it, for kernels that call its runtime services; size 0 on a BIOS. */
    struct {
        const void *descriptors;
        uint64_t size;     /* bytes */
        uint64_t size_max; /* the same in bytes */
        uint64_t descriptor_size;
        uint64_t descriptor_version;
    } efi;
};

/*
 * Kinds are already bowline's: USABLE is what the loader may claim now, LOADER_RECLAIMABLE what
 * the firmware gives up at the hand-over (UEFI's boot services); what the loader has claimed may
 * appear as either. firmware_kind and attributes are the firmware's own.
 */
bool firmware_read_memory_map(struct firmware_memory_map *out, struct error *error);

/*
 * Takes page frames that the map shows as USABLE: `phys` and length are whole pages, never page 0.
 * False without an error text when the firmware says they are not free after all: the caller reads
 * the map again and chooses others.
 */
bool firmware_claim_pages(uint64_t phys, uint64_t pages);
void firmware_release_pages(uint64_t phys, uint64_t pages);

/*
 * Where the loader itself can touch [phys, phys + length) of RAM; valid until the hand-over. Never
 * fails for memory that was claimed or that the firmware's tables lie in.
 */
void *firmware_memory(uint64_t phys, uint64_t length);
