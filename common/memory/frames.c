/* SPDX-License-Identifier: MIT */
#include "memory/frames.h"

#include "base/units.h"
#include "firmware/memory.h"

/* Nothing below is allocated from. */
static const uint64_t LOWEST = 1 * MIB;

/* The end of the free run that [start, end) hits, or `end` when all of it is free: the lowest base
 * of anything in the way. */
static uint64_t lowest_obstacle(const struct frames *frames, const struct firmware_memory_map *map,
                                uint64_t start, uint64_t end)
{
    uint64_t obstacle = end;

    for (uint32_t i = 0; i < frames->count; i++) {
        const struct frame_range *range = &frames->ranges[i];
        if (range->base < end && range->base + range->pages * PAGE_SIZE > start)
            obstacle = minimum(obstacle, range->base);
    }
    for (uint64_t i = 0; i < map->count; i++) {
        const struct bowline_memory_region *region = &map->regions[i];
        if (region->kind != BOWLINE_MEMORY_USABLE && region->length > 0 && region->base < end &&
            region->base + (region->length - 1) >= start)
            obstacle = minimum(obstacle, region->base);
    }
    return obstacle;
}

/* The highest free place of `size` bytes in [bottom, top), or 0. */
static uint64_t highest_place(const struct frames *frames, const struct firmware_memory_map *map,
                              uint64_t bottom, uint64_t top, uint64_t size, uint64_t alignment)
{
    while (top >= size && top - size >= bottom) {
        uint64_t start = align_down(top - size, alignment);
        if (start < bottom)
            break;
        uint64_t obstacle = lowest_obstacle(frames, map, start, start + size);
        if (obstacle == start + size)
            return start;
        /* Everything from the obstacle up is of no use: it is in the way of any higher start. */
        top = align_down(obstacle, PAGE_SIZE);
    }
    return 0;
}

static uint64_t find_below(const struct frames *frames, const struct firmware_memory_map *map,
                           uint64_t limit, uint64_t size, uint64_t alignment)
{
    uint64_t best = 0;

    for (uint64_t i = 0; i < map->count; i++) {
        const struct bowline_memory_region *region = &map->regions[i];
        uint64_t end;

        if (region->kind != BOWLINE_MEMORY_USABLE ||
            __builtin_add_overflow(region->base, region->length, &end))
            continue;
        uint64_t bottom = maximum(align_up(minimum(region->base, limit), PAGE_SIZE), LOWEST);
        uint64_t top = align_down(minimum(end, limit), PAGE_SIZE);
        best = maximum(best, highest_place(frames, map, bottom, top, size, alignment));
    }
    return best;
}

static bool record(struct frames *frames, uint64_t base, uint64_t pages, enum frame_use use,
                   struct error *error)
{
    for (uint32_t i = 0; i < frames->count; i++) {
        struct frame_range *range = &frames->ranges[i];
        if (range->use != use)
            continue;
        if (base + pages * PAGE_SIZE == range->base) {
            range->base = base;
            range->pages += pages;
            return true;
        }
        if (range->base + range->pages * PAGE_SIZE == base) {
            range->pages += pages;
            return true;
        }
    }
    if (frames->count == FRAME_RANGES_MAX)
        return FAIL(error, MEMORY_TOO_SCATTERED, FRAME_RANGES_MAX);
    frames->ranges[frames->count++] = (struct frame_range){base, pages, use};
    return true;
}

bool frames_allocate(struct frames *frames, uint64_t pages, uint64_t alignment, enum frame_use use,
                     uint64_t *phys, struct error *error)
{
    uint64_t size;

    if (__builtin_mul_overflow(pages, PAGE_SIZE, &size) || size > UINT64_MAX / 2)
        return FAIL(error, OUT_OF_MEMORY, pages / (KIB / 4) * MIB / KIB);
    /* A firmware may have taken the frames since it reported its map: then it has a new map. */
    for (unsigned attempt = 0; attempt < 4; attempt++) {
        struct firmware_memory_map map;

        if (!firmware_read_memory_map(&map, error))
            return false;
        uint64_t place = find_below(frames, &map, 4 * GIB, size, alignment);
        if (place == 0)
            place = find_below(frames, &map, UINT64_MAX, size, alignment);
        if (place == 0)
            break;
        if (!firmware_claim_pages(place, pages))
            continue;
        if (!record(frames, place, pages, use, error)) {
            firmware_release_pages(place, pages);
            return false;
        }
        *phys = place;
        return true;
    }
    return FAIL(error, OUT_OF_MEMORY, size / KIB);
}

void frames_release_try(struct frames *frames)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < frames->count; i++) {
        const struct frame_range *range = &frames->ranges[i];

        if (range->use == FRAMES_KEPT)
            frames->ranges[kept++] = *range;
        else
            firmware_release_pages(range->base, range->pages);
    }
    frames->count = kept;
}

void frames_release(struct frames *frames)
{
    frames_release_try(frames);
    for (uint32_t i = 0; i < frames->count; i++)
        firmware_release_pages(frames->ranges[i].base, frames->ranges[i].pages);
    frames->count = 0;
}
