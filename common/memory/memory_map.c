/* SPDX-License-Identifier: MIT */
#include "memory/memory_map.h"

#include "base/string.h"
#include "base/units.h"

/* Where two regions overlap, the kind further down wins: it is the worse one to write to. */
static const uint64_t kinds_by_precedence[] = {
    BOWLINE_MEMORY_USABLE,           BOWLINE_MEMORY_LOADER_RECLAIMABLE,
    BOWLINE_MEMORY_ACPI_RECLAIMABLE, BOWLINE_MEMORY_PERSISTENT,
    BOWLINE_MEMORY_ACPI_NVS,         BOWLINE_MEMORY_RUNTIME_CODE,
    BOWLINE_MEMORY_RUNTIME_DATA,     BOWLINE_MEMORY_MMIO,
    BOWLINE_MEMORY_RESERVED,         BOWLINE_MEMORY_BAD,
};

/* Addresses are at most 52 bits wide (AMD64 manual, volume 2, 5.1): what lies beyond is nonsense.
 */
static const uint64_t PHYSICAL_END = UINT64_C(1) << 52;

bool memory_kind_is_ram(uint64_t kind)
{
    switch (kind) {
    case BOWLINE_MEMORY_FRAMEBUFFER:
    case BOWLINE_MEMORY_MMIO:
    case BOWLINE_MEMORY_BAD:
    case BOWLINE_MEMORY_RESERVED:
        return false;
    default:
        return true;
    }
}

const char *memory_kind_name(uint64_t kind)
{
    static const char *const names[] = {
        [0] = "unknown",
        [BOWLINE_MEMORY_USABLE] = "usable",
        [BOWLINE_MEMORY_LOADER_RECLAIMABLE] = "loader",
        [BOWLINE_MEMORY_KERNEL] = "kernel",
        [BOWLINE_MEMORY_MODULE] = "module",
        [BOWLINE_MEMORY_FRAMEBUFFER] = "framebuffer",
        [BOWLINE_MEMORY_ACPI_RECLAIMABLE] = "ACPI tables",
        [BOWLINE_MEMORY_ACPI_NVS] = "ACPI NVS",
        [BOWLINE_MEMORY_RUNTIME_CODE] = "runtime code",
        [BOWLINE_MEMORY_RUNTIME_DATA] = "runtime data",
        [BOWLINE_MEMORY_MMIO] = "MMIO",
        [BOWLINE_MEMORY_PERSISTENT] = "persistent",
        [BOWLINE_MEMORY_BAD] = "bad",
        [BOWLINE_MEMORY_RESERVED] = "reserved",
    };

    return names[kind < COUNT_OF(names) ? kind : 0];
}

uint64_t memory_map_capacity(uint64_t raw, uint64_t ranges)
{
    /* Each region painted over others adds itself and at most one remainder. */
    return 2 * (raw + ranges + 2) + 1;
}

static uint64_t region_end(const struct bowline_memory_region *region)
{
    return region->base + region->length;
}

static bool insert(struct memory_map *map, uint64_t place,
                   const struct bowline_memory_region *region, struct error *error)
{
    if (map->count == map->capacity)
        return FAIL(error, MEMORY_MAP_TOO_LARGE, map->capacity);
    memmove(&map->regions[place + 1], &map->regions[place],
            (map->count - place) * sizeof(map->regions[0]));
    map->regions[place] = *region;
    map->count++;
    return true;
}

static void take_out(struct memory_map *map, uint64_t place)
{
    map->count--;
    memmove(&map->regions[place], &map->regions[place + 1],
            (map->count - place) * sizeof(map->regions[0]));
}

/* Cuts the region that contains `address` in its inside into two. */
static bool split_at(struct memory_map *map, uint64_t address, struct error *error)
{
    for (uint64_t i = 0; i < map->count; i++) {
        struct bowline_memory_region *region = &map->regions[i];

        if (region->base >= address || region_end(region) <= address)
            continue;
        struct bowline_memory_region upper = *region;
        upper.length = region_end(region) - address;
        upper.base = address;
        if (!insert(map, i + 1, &upper, error))
            return false;
        region->length = address - region->base;
        return true;
    }
    return true;
}

/* Replaces whatever the map says about the new region's range. */
static bool paint(struct memory_map *map, const struct bowline_memory_region *region,
                  struct error *error)
{
    uint64_t place = 0;

    if (!split_at(map, region->base, error) || !split_at(map, region_end(region), error))
        return false;
    while (place < map->count && map->regions[place].base < region->base)
        place++;
    while (place < map->count && map->regions[place].base < region_end(region))
        take_out(map, place);
    return insert(map, place, region, error);
}

/* Changes the kind of what is in the map already, and leaves its attributes. */
static bool mark(struct memory_map *map, uint64_t base, uint64_t length, uint64_t kind,
                 struct error *error)
{
    if (!split_at(map, base, error) || !split_at(map, base + length, error))
        return false;
    for (uint64_t i = 0; i < map->count; i++) {
        struct bowline_memory_region *region = &map->regions[i];
        if (region->base >= base && region->base < base + length) {
            region->kind = kind;
            region->firmware_kind = 0;
        }
    }
    return true;
}

static void merge(struct memory_map *map)
{
    uint64_t kept = 0;

    for (uint64_t i = 1; i < map->count; i++) {
        struct bowline_memory_region *last = &map->regions[kept], *next = &map->regions[i];

        if (region_end(last) == next->base && last->kind == next->kind &&
            last->firmware_kind == next->firmware_kind && last->attributes == next->attributes)
            last->length += next->length;
        else
            map->regions[++kept] = *next;
    }
    if (map->count > 0)
        map->count = kept + 1;
}

/* Rounds to pages. False: nothing is left. */
static bool round_to_pages(struct bowline_memory_region *region)
{
    uint64_t end;

    if (region->length == 0 || region->base >= PHYSICAL_END)
        return false;
    if (__builtin_add_overflow(region->base, region->length, &end) || end > PHYSICAL_END)
        end = PHYSICAL_END;
    if (region->kind == BOWLINE_MEMORY_USABLE) {
        region->base = align_up(region->base, PAGE_SIZE);
        end = align_down(end, PAGE_SIZE);
    } else {
        region->base = align_down(region->base, PAGE_SIZE);
        end = align_up(end, PAGE_SIZE);
    }
    if (end <= region->base)
        return false;
    region->length = end - region->base;
    return true;
}

bool memory_map_build(const struct firmware_memory_map *raw, struct memory_map *out,
                      struct error *error)
{
    out->count = 0;
    for (uint64_t level = 0; level < COUNT_OF(kinds_by_precedence); level++) {
        for (uint64_t i = 0; i < raw->count; i++) {
            struct bowline_memory_region region = raw->regions[i];

            if (region.kind != kinds_by_precedence[level] || !round_to_pages(&region))
                continue;
            if (!paint(out, &region, error))
                return false;
        }
    }
    /* Physical 0 never looks like an answer. */
    struct bowline_memory_region page_zero = {0, PAGE_SIZE, BOWLINE_MEMORY_RESERVED, 0, 0};
    if (!paint(out, &page_zero, error))
        return false;
    merge(out);
    return true;
}

static uint64_t kind_of_use(enum frame_use use)
{
    switch (use) {
    case FRAMES_KERNEL:
        return BOWLINE_MEMORY_KERNEL;
    case FRAMES_MODULE:
        return BOWLINE_MEMORY_MODULE;
    case FRAMES_LOADER:
        return BOWLINE_MEMORY_LOADER_RECLAIMABLE;
    default:
        return BOWLINE_MEMORY_USABLE;
    }
}

bool memory_map_mark(struct memory_map *map, const struct frames *frames, uint64_t framebuffer_phys,
                     uint64_t framebuffer_length, struct error *error)
{
    for (uint64_t i = 0; i < frames->count; i++) {
        const struct frame_range *range = &frames->ranges[i];
        if (!mark(map, range->base, range->pages * PAGE_SIZE, kind_of_use(range->use), error))
            return false;
    }
    struct bowline_memory_region framebuffer = {
        .base = framebuffer_phys,
        .length = framebuffer_length,
        .kind = BOWLINE_MEMORY_FRAMEBUFFER,
    };
    if (round_to_pages(&framebuffer) && !paint(map, &framebuffer, error))
        return false;
    merge(map);
    return true;
}

uint64_t memory_map_top_of_ram(const struct memory_map *map)
{
    for (uint64_t i = map->count; i > 0; i--) {
        if (memory_kind_is_ram(map->regions[i - 1].kind))
            return region_end(&map->regions[i - 1]);
    }
    return 0;
}
