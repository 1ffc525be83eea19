/* SPDX-License-Identifier: MIT */
#include "memory/page_tables.h"

#include "base/string.h"
#include "base/units.h"
#include "cpu/cpu.h"
#include "firmware/memory.h"

enum { LARGEST_LEAF = 3 /* the level of an entry for 1 GiB */ };

/* Bits of an entry, AMD64 manual, volume 2, 5.4. */
static const uint64_t PRESENT = 1 << 0;
static const uint64_t WRITABLE = 1 << 1;
static const uint64_t WRITE_THROUGH = 1 << 3;
static const uint64_t CACHE_DISABLE = 1 << 4;
static const uint64_t LARGE = 1 << 7;
static const uint64_t PAT_SMALL = 1 << 7;
static const uint64_t PAT_LARGE = 1 << 12;
static const uint64_t NO_EXECUTE = UINT64_C(1) << 63;
static const uint64_t ADDRESS = 0x000ffffffffff000;

/* Tables are taken from the firmware by this many at a time: each call may cost a memory map. */
enum { POOL_PAGES = 32 };

/* Bytes that one entry of a table at `level` (1: lowest) maps. */
static uint64_t entry_size(unsigned level)
{
    return PAGE_SIZE << (9 * (level - 1));
}

static uint64_t *table_at(uint64_t phys)
{
    return firmware_memory(phys, PAGE_SIZE);
}

static uint64_t *entry_of(uint64_t table, uint64_t virtual, unsigned level)
{
    return &table_at(table)[virtual / entry_size(level) % PAGE_TABLE_ENTRIES];
}

static bool new_table(struct page_tables *tables, uint64_t *phys, struct error *error)
{
    if (tables->pool_pages == 0) {
        if (!frames_allocate(tables->frames, POOL_PAGES, PAGE_SIZE, tables->use, &tables->pool,
                             error))
            return false;
        tables->pool_pages = POOL_PAGES;
    }
    *phys = tables->pool;
    tables->pool += PAGE_SIZE;
    tables->pool_pages--;
    memset(table_at(*phys), 0, PAGE_SIZE);
    return true;
}

bool page_tables_start(struct page_tables *tables, unsigned levels, struct frames *frames,
                       enum frame_use use, struct error *error)
{
    *tables = (struct page_tables){
        .frames = frames,
        .use = use,
        .levels = levels,
        .has_1gib_pages = cpu_has_1gib_pages(),
    };
    return new_table(tables, &tables->root, error);
}

static uint64_t leaf_entry(uint64_t phys, unsigned level, unsigned flags)
{
    uint64_t entry = phys | PRESENT;

    if (flags & MAP_WRITE)
        entry |= WRITABLE;
    if (!(flags & MAP_EXECUTE))
        entry |= NO_EXECUTE;
    if (flags & MAP_UNCACHED)
        entry |= CACHE_DISABLE | WRITE_THROUGH; /* PAT entry 3 */
    if (flags & MAP_WRITE_COMBINING)
        entry |= WRITE_THROUGH | (level == 1 ? PAT_SMALL : PAT_LARGE); /* PAT entry 5 */
    if (level > 1)
        entry |= LARGE;
    return entry;
}

/* The largest page that fits: 1, 2 or 3 as the level of its entry. */
static unsigned leaf_level(const struct page_tables *tables, uint64_t virtual, uint64_t phys,
                           uint64_t length)
{
    unsigned level = tables->has_1gib_pages ? LARGEST_LEAF : LARGEST_LEAF - 1;

    for (; level > 1; level--) {
        if (is_aligned(virtual | phys, entry_size(level)) && length >= entry_size(level))
            break;
    }
    return level;
}

static bool map_page(struct page_tables *tables, uint64_t virtual, uint64_t phys, unsigned level,
                     unsigned flags, struct error *error)
{
    uint64_t table = tables->root;

    for (unsigned above = tables->levels; above > level; above--) {
        uint64_t *entry = entry_of(table, virtual, above);

        if (!(*entry & PRESENT)) {
            uint64_t next;
            if (!new_table(tables, &next, error))
                return false;
            *entry = next | PRESENT | WRITABLE;
        } else if (above <= LARGEST_LEAF && (*entry & LARGE)) {
            return FAIL(error, MAP_OVERLAP, virtual);
        }
        table = *entry & ADDRESS;
    }
    uint64_t *entry = entry_of(table, virtual, level);
    if (*entry & PRESENT)
        return FAIL(error, MAP_OVERLAP, virtual);
    *entry = leaf_entry(phys, level, flags);
    return true;
}

bool page_tables_map(struct page_tables *tables, uint64_t virtual, uint64_t phys, uint64_t length,
                     unsigned flags, struct error *error)
{
    while (length > 0) {
        unsigned level = leaf_level(tables, virtual, phys, length);

        if (!map_page(tables, virtual, phys, level, flags, error))
            return false;
        virtual += entry_size(level);
        phys += entry_size(level);
        length -= entry_size(level);
    }
    return true;
}

void page_tables_map_root(struct page_tables *tables, uint64_t index)
{
    table_at(tables->root)[index] = tables->root | PRESENT | WRITABLE | NO_EXECUTE;
}

static unsigned flags_of(uint64_t entry, unsigned level)
{
    unsigned flags = 0;

    if (entry & WRITABLE)
        flags |= MAP_WRITE;
    if (!(entry & NO_EXECUTE))
        flags |= MAP_EXECUTE;
    if (entry & CACHE_DISABLE)
        flags |= MAP_UNCACHED;
    else if (entry & (level == 1 ? PAT_SMALL : PAT_LARGE))
        flags |= MAP_WRITE_COMBINING;
    return flags;
}

bool page_tables_walk(uint64_t root, unsigned levels, uint64_t virtual, struct mapping *out)
{
    uint64_t table = root;

    for (unsigned level = levels; level > 0; level--) {
        uint64_t entry = *entry_of(table, virtual, level);
        bool is_leaf = level == 1 || (level <= LARGEST_LEAF && (entry & LARGE));

        if (!(entry & PRESENT))
            return false;
        if (is_leaf) {
            uint64_t base = entry & ADDRESS & ~(entry_size(level) - 1);

            out->phys = base + virtual % entry_size(level);
            out->page_size = entry_size(level);
            out->flags = flags_of(entry, level);
            return true;
        }
        table = entry & ADDRESS;
    }
    return false;
}
