/* SPDX-License-Identifier: MIT */
#include "boot/address_space.h"

#include "base/units.h"

static const uint64_t ALWAYS_MAPPED = 4 * GIB;

uint64_t direct_map_size(const struct memory_map *map)
{
    return maximum(ALWAYS_MAPPED, memory_map_top_of_ram(map));
}

/*
 * The end of the run that begins at `start`: addresses that are all RAM, or all not. Returns
 * whether they are RAM.
 */
static bool find_run(const struct memory_map *map, uint64_t start, uint64_t *end)
{
    uint64_t position = start;
    bool is_ram = false;

    for (uint64_t i = 0; i < map->count; i++) {
        const struct bowline_memory_region *region = &map->regions[i];

        if (region->base + region->length <= start)
            continue;
        if (position == start && region->base <= start)
            is_ram = memory_kind_is_ram(region->kind);
        bool goes_on = is_ram ? region->base <= position && memory_kind_is_ram(region->kind)
                              : !memory_kind_is_ram(region->kind);
        if (!goes_on) {
            *end = is_ram ? position : region->base;
            return is_ram;
        }
        position = region->base + region->length;
    }
    *end = is_ram ? position : UINT64_MAX;
    return is_ram;
}

bool direct_map_build(const struct memory_map *map, uint64_t virtual, struct page_tables *tables,
                      struct error *error)
{
    uint64_t size = direct_map_size(map), end;

    for (uint64_t start = 0; start < size; start = end) {
        bool is_ram = find_run(map, start, &end);

        if (!is_ram && start >= ALWAYS_MAPPED)
            continue;
        end = minimum(end, is_ram ? size : ALWAYS_MAPPED);
        if (!page_tables_map(tables, virtual + start, start, end - start,
                             is_ram ? MAP_WRITE : MAP_WRITE | MAP_UNCACHED, error))
            return false;
    }
    return true;
}
