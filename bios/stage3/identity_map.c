/* SPDX-License-Identifier: MIT */
#include "identity_map.h"

#include "base/string.h"
#include "base/units.h"
#include "cpu/cpu.h"
#include "memory_layout.h"

/* AMD64 manual, volume 2, 5.3. */
enum { PRESENT = 0x1, WRITABLE = 0x2, LARGE = 0x80, ENTRIES = 512 };
#define ADDRESS UINT64_C(0x000ffffffffff000)

enum { SHIFT_2MIB = 21, SHIFT_1GIB = 30, SHIFT_512GIB = 39 };

/* For firmware tables that lie up there too, in memory that is not usable. */
enum { SPARE_TABLES = 4 };

static struct range pool;

uint64_t identity_map_table_size(const struct memory_report *report)
{
    uint64_t tables = SPARE_TABLES + count_usable(report, SHIFT_512GIB, 4 * GIB);

    if (!cpu_has_1gib_pages())
        tables += count_usable(report, SHIFT_1GIB, 4 * GIB);
    return tables * PAGE_SIZE;
}

void identity_map_start(struct range tables)
{
    pool = tables;
}

/* The table that `entry` points to, made if there is none. NULL: the pool is empty. */
static uint64_t *table_below(uint64_t *entry)
{
    if (!(*entry & PRESENT)) {
        if (pool.length < PAGE_SIZE)
            return NULL;
        memset((void *)pool.base, 0, PAGE_SIZE);
        *entry = pool.base | PRESENT | WRITABLE;
        pool.base += PAGE_SIZE;
        pool.length -= PAGE_SIZE;
    }
    return (uint64_t *)(*entry & ADDRESS);
}

static bool map_gib(uint64_t address)
{
    uint64_t *root = (uint64_t *)LAYOUT_PAGE_TABLES;
    uint64_t *directories = table_below(&root[address >> SHIFT_512GIB & (ENTRIES - 1)]);

    if (directories == NULL)
        return false;
    uint64_t *entry = &directories[address >> SHIFT_1GIB & (ENTRIES - 1)];
    if (*entry & PRESENT)
        return true;
    if (cpu_has_1gib_pages()) {
        *entry = address | PRESENT | WRITABLE | LARGE;
        return true;
    }
    uint64_t *directory = table_below(entry);
    if (directory == NULL)
        return false;
    for (uint64_t i = 0; i < ENTRIES; i++)
        directory[i] = (address + (i << SHIFT_2MIB)) | PRESENT | WRITABLE | LARGE;
    return true;
}

/* Entries that were not present are in no TLB: there is nothing to flush. */
bool identity_map_reach(uint64_t phys, uint64_t length)
{
    uint64_t gib = maximum(align_down(phys, GIB), 4 * GIB);

    for (; length > 0 && gib <= phys + (length - 1); gib += GIB)
        if (!map_gib(gib))
            return false;
    return true;
}
