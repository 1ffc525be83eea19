/* SPDX-License-Identifier: MIT */
/* From the firmware's raw memory map to the one that a kernel gets. Pure functions on arrays. */
#pragma once

#include <bowline.h>

#include "firmware/memory.h"
#include "memory/frames.h"

/* Sorted, disjoint and page-aligned after every call. The caller provides the storage. */
struct memory_map {
    struct bowline_memory_region *regions;
    uint64_t count;
    uint64_t capacity;
};

/*
 * Regions that memory_map_build() needs at the most, for a raw map of `raw` regions, and
 * memory_map_mark() for a ledger of `ranges`.
 */
uint64_t memory_map_capacity(uint64_t raw, uint64_t ranges);

/*
 * Sorts, rounds (usable memory inwards, all else outwards), resolves overlaps (the kind that is
 * worse to touch wins), reserves page 0 and merges. `out` has memory_map_capacity() regions at
 * least.
 */
bool memory_map_build(const struct firmware_memory_map *raw, struct memory_map *out,
                      struct error *error);

/* Marks what the loader has put into memory, and the framebuffer (`framebuffer_length` 0: none). */
bool memory_map_mark(struct memory_map *map, const struct frames *frames, uint64_t framebuffer_phys,
                     uint64_t framebuffer_length, struct error *error);

/* Is this kind RAM, to be mapped cached, or something else? */
bool memory_kind_is_ram(uint64_t kind);

/* "usable": of a BOWLINE_MEMORY_... kind. What is no kind is "unknown". */
const char *memory_kind_name(uint64_t kind);

/* First address above all RAM. */
uint64_t memory_map_top_of_ram(const struct memory_map *map);
