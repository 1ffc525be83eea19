/* SPDX-License-Identifier: MIT */
#include "paging.h"

enum {
    ENTRIES = 512,
    LARGEST_LEAF = 3, /* the level of an entry that may map a page: 1 GiB */
};

#define ENTRY_LARGE     (UINT64_C(1) << 7) /* in the lowest level this is the PAT bit */
#define ENTRY_LARGE_PAT (UINT64_C(1) << 12)

static int levels(const struct bowline_info *boot)
{
    return boot->flags & BOWLINE_IS_LA57 ? 5 : 4;
}

/* Bytes that one entry of a table covers. */
static uint64_t entry_span(int level)
{
    return PAGE_SIZE << 9 * (level - 1);
}

uint64_t root_table(void)
{
    uint64_t cr3;

    __asm__ volatile("movq %%cr3, %0" : "=r"(cr3));
    return cr3 & ENTRY_ADDRESS;
}

uint64_t *table_at(const struct bowline_info *boot, uint64_t phys)
{
    CHECK(phys < boot->direct_map_size);
    return (uint64_t *)(boot->direct_map + phys);
}

/* A bit copied to all bits above the ones that the page tables translate. */
static uint64_t canonical(const struct bowline_info *boot, uint64_t address)
{
    int unused = 64 - 12 - 9 * levels(boot);

    return (uint64_t)((int64_t)(address << unused) >> unused);
}

uint64_t recursive_address(const struct bowline_info *boot, uint64_t index)
{
    uint64_t address = 0;

    for (int level = levels(boot); level >= 1; level--)
        address |= index * entry_span(level);
    return canonical(boot, address);
}

static bool is_leaf(uint64_t entry, int level)
{
    return level == 1 || (level <= LARGEST_LEAF && (entry & ENTRY_LARGE) != 0);
}

static struct mapping describe(uint64_t entry, int level)
{
    uint64_t pat_bit = level == 1 ? ENTRY_LARGE : ENTRY_LARGE_PAT;

    return (struct mapping){
        .phys = entry & ENTRY_ADDRESS & ~(entry_span(level) - 1),
        .size = entry_span(level),
        .is_writable = (entry & ENTRY_WRITABLE) != 0,
        .is_executable = (entry & ENTRY_NO_EXECUTE) == 0,
        .pat = (uint8_t)((entry >> 3 & 3) | ((entry & pat_bit) != 0 ? 4 : 0)),
    };
}

/* As find_entry(), with the level of the entry. */
static uint64_t *find_leaf(const struct bowline_info *boot, uint64_t address, int *level)
{
    uint64_t phys = root_table();

    for (*level = levels(boot);; --*level) {
        uint64_t *entry = &table_at(boot, phys)[address / entry_span(*level) % ENTRIES];

        if ((*entry & ENTRY_PRESENT) == 0)
            return NULL;
        if (is_leaf(*entry, *level))
            return entry;
        phys = *entry & ENTRY_ADDRESS;
    }
}

uint64_t *find_entry(const struct bowline_info *boot, uint64_t address)
{
    int level;

    return find_leaf(boot, address, &level);
}

bool find_mapping(const struct bowline_info *boot, uint64_t address, struct mapping *out)
{
    int level;
    const uint64_t *entry = find_leaf(boot, address, &level);

    if (entry == NULL)
        return false;
    *out = describe(*entry, level);
    out->phys += address % entry_span(level);
    return true;
}

struct walk {
    const struct bowline_info *boot;
    void (*visit)(void *context, const struct table_entry *entry);
    void *context;
};

static void walk_table(const struct walk *walk, uint64_t phys, int level, uint64_t base)
{
    const uint64_t *table = table_at(walk->boot, phys);
    uint64_t recursive = level == levels(walk->boot) ? walk->boot->recursive_index : 0;

    for (uint64_t i = 0; i < ENTRIES; i++) {
        struct table_entry entry = {
            .value = table[i],
            .address = canonical(walk->boot, base + i * entry_span(level)),
            .kind = ENTRY_IS_TABLE,
        };

        if ((table[i] & ENTRY_PRESENT) == 0)
            continue;
        if (i != 0 && i == recursive) {
            entry.kind = ENTRY_IS_RECURSIVE;
        } else if (is_leaf(table[i], level)) {
            entry.kind = ENTRY_IS_PAGE;
            entry.mapping = describe(table[i], level);
        }
        walk->visit(walk->context, &entry);
        if (entry.kind == ENTRY_IS_TABLE)
            walk_table(walk, table[i] & ENTRY_ADDRESS, level - 1, entry.address);
    }
}

void walk_page_tables(const struct bowline_info *boot,
                      void (*visit)(void *context, const struct table_entry *entry), void *context)
{
    const struct walk walk = {boot, visit, context};

    walk_table(&walk, root_table(), levels(boot), 0);
}
