/* SPDX-License-Identifier: MIT */
/*
 * Builds page tables of four or five levels (AMD64 manual, volume 2, 5.3) in memory that the loader
 * can touch. Large pages are used wherever both addresses and the length allow it.
 */
#pragma once

#include "memory/frames.h"

enum { FOUR_LEVELS = 4, FIVE_LEVELS = 5, PAGE_TABLE_ENTRIES = 512 };

enum map_flags {
    MAP_READ_ONLY = 0,
    MAP_WRITE = 1 << 0,
    MAP_EXECUTE = 1 << 1,
    MAP_UNCACHED = 1 << 2,
    MAP_WRITE_COMBINING = 1 << 3,
};

/*
 * The page attribute table at the hand-over: the processor's own but for entry 4 (write-protect)
 * and entry 5 (write-combining), which the firmware's own tables do not use.
 */
#define PAT_AT_HAND_OVER UINT64_C(0x0000010500070406)

struct page_tables {
    struct frames *frames;
    enum frame_use use;
    unsigned levels; /* 4 or 5 */
    uint64_t root;   /* physical */
    uint64_t pool;   /* frames taken ahead, from here */
    uint64_t pool_pages;
    bool has_1gib_pages;
};

/* An empty address space of 4 or 5 levels. Its tables are accounted for as `use`. */
bool page_tables_start(struct page_tables *tables, unsigned levels, struct frames *frames,
                       enum frame_use use, struct error *error);

/*
 * Maps [virtual, virtual + length) to `phys`; all whole pages, `virtual + length` at most 2^64.
 * Parent entries are writable and executable: the leaf decides. What is mapped already is an error.
 */
bool page_tables_map(struct page_tables *tables, uint64_t virtual, uint64_t phys, uint64_t length,
                     unsigned flags, struct error *error);

/*
 * Makes entry `index` of the root point to the root, so that all tables can be reached through it.
 * Not executable: no table is code.
 */
void page_tables_map_root(struct page_tables *tables, uint64_t index);

/* What a walk of the processor through the tables would find. */
struct mapping {
    uint64_t phys; /* of the address that was asked for */
    uint64_t page_size;
    unsigned flags; /* enum map_flags */
};

/* False: `virtual` is not mapped. */
bool page_tables_walk(uint64_t root, unsigned levels, uint64_t virtual, struct mapping *out);

/*
 * The first address of the upper half with this many levels. The lower half has as many addresses,
 * from 0; what lies between the halves is not canonical.
 */
static inline uint64_t upper_half(unsigned levels)
{
    return UINT64_MAX << (9 * levels + 11);
}

/* Bytes that one entry of the root table maps: each half has half of the entries. */
static inline uint64_t root_entry_size(unsigned levels)
{
    return -upper_half(levels) / (PAGE_TABLE_ENTRIES / 2);
}

/* The first of them. */
static inline uint64_t root_entry_address(unsigned levels, uint64_t index)
{
    return index * root_entry_size(levels) +
           (index >= PAGE_TABLE_ENTRIES / 2 ? 2 * upper_half(levels) : 0);
}
