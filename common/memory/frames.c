/* SPDX-License-Identifier: MIT */
#include "memory/frames.h"

#include "base/string.h"
#include "base/units.h"
#include "firmware/memory.h"

/* Nothing below is allocated from. */
static const uint64_t LOWEST = 1 * MIB;

/* More than any machine has, and far from 2^64. */
static const uint64_t LARGEST = UINT64_C(1) << 60;

static uint64_t range_end(const struct frame_range *range)
{
    return range->base + range->pages * PAGE_SIZE;
}

/* Index of the range that `address` lies in, or else of the first one above it, or the count. */
static uint64_t index_at(const struct frames *frames, uint64_t address)
{
    uint64_t first = 0, end = frames->count;

    while (first < end) {
        uint64_t middle = first + (end - first) / 2;

        if (range_end(&frames->ranges[middle]) > address)
            end = middle;
        else
            first = middle + 1;
    }
    return first;
}

static void insert(struct frames *frames, uint64_t index, struct frame_range range)
{
    struct frame_range *place = &frames->ranges[index];

    memmove(place + 1, place, (frames->count++ - index) * sizeof(range));
    *place = range;
}

static void take_out(struct frames *frames, uint64_t index)
{
    struct frame_range *place = &frames->ranges[index];

    memmove(place, place + 1, (--frames->count - index) * sizeof(*place));
}

/* The end of the free run that [start, end) hits, or `end` when all of it is free: the lowest base
 * of anything in the way. */
static uint64_t lowest_obstacle(const struct frames *frames, const struct firmware_memory_map *map,
                                uint64_t start, uint64_t end)
{
    uint64_t obstacle = end, index = index_at(frames, start);

    if (index < frames->count)
        obstacle = minimum(obstacle, frames->ranges[index].base);
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

/* Bytes of the largest free piece, wherever it is. */
static uint64_t largest_piece(const struct frames *frames, const struct firmware_memory_map *map)
{
    uint64_t size = 0;

    for (uint64_t step = LARGEST / 2; step >= PAGE_SIZE; step /= 2) {
        if (find_below(frames, map, UINTPTR_MAX, size + step, PAGE_SIZE) != 0)
            size += step;
    }
    return size;
}

/* Finds free pages and takes them from the firmware. */
static bool claim(const struct frames *frames, uint64_t pages, uint64_t alignment, uint64_t *phys,
                  struct error *error)
{
    uint64_t size = minimum(pages, LARGEST / PAGE_SIZE) * PAGE_SIZE;
    struct firmware_memory_map map;

    /* A firmware may have taken the frames since it reported its map: then it has a new map. */
    for (unsigned attempt = 0; attempt < 4; attempt++) {
        if (!firmware_read_memory_map(&map, error))
            return false;
        uint64_t place = find_below(frames, &map, 4 * GIB, size, alignment);
        if (place == 0) /* 32-bit code cannot touch what lies above */
            place = find_below(frames, &map, UINTPTR_MAX, size, alignment);
        if (place == 0)
            break;
        if (firmware_claim_pages(place, pages)) {
            *phys = place;
            return true;
        }
    }
    return FAIL(error, NOT_ENOUGH_MEMORY, size / KIB, largest_piece(frames, &map) / KIB);
}

static bool is_continued(const struct frame_range *below, const struct frame_range *above)
{
    return below->use == above->use && range_end(below) == above->base;
}

/* Neighbours of one use are one range. There is room for another: see make_room(). */
static void record(struct frames *frames, uint64_t base, uint64_t pages, enum frame_use use)
{
    uint64_t index = index_at(frames, base);

    insert(frames, index, (struct frame_range){base, pages, use});
    for (uint64_t i = index + 1; i >= index && i > 0; i--) {
        struct frame_range *above = &frames->ranges[i];

        if (i < frames->count && is_continued(above - 1, above)) {
            above[-1].pages += above->pages;
            take_out(frames, i);
        }
    }
}

/*
 * For one range more, and for one that giving back may cut off. A ledger that is full moves to
 * memory twice as large.
 */
static bool make_room(struct frames *frames, struct error *error)
{
    uint64_t capacity = 2 * frames->capacity, phys;

    if (frames->count + 2 <= frames->capacity)
        return true;
    if (capacity == 0)
        capacity = PAGE_SIZE / sizeof(frames->ranges[0]);
    uint64_t pages = pages_for(capacity * sizeof(frames->ranges[0]));
    if (!claim(frames, pages, PAGE_SIZE, &phys, error))
        return false;
    struct frame_range *ranges = firmware_memory(phys, pages * PAGE_SIZE);
    if (frames->count > 0)
        memcpy(ranges, frames->ranges, frames->count * sizeof(ranges[0]));
    frames->ranges = ranges;
    frames->capacity = capacity;
    frames->phys = phys;
    record(frames, phys, pages, FRAMES_KEPT);
    return true;
}

bool frames_allocate(struct frames *frames, uint64_t pages, uint64_t alignment, enum frame_use use,
                     uint64_t *phys, struct error *error)
{
    if (!make_room(frames, error) || !claim(frames, pages, alignment, phys, error))
        return false;
    record(frames, *phys, pages, use);
    return true;
}

void frames_give_back(struct frames *frames, uint64_t phys, uint64_t pages)
{
    uint64_t index = index_at(frames, phys);
    struct frame_range *range = &frames->ranges[index];
    struct frame_range above = {phys + pages * PAGE_SIZE, 0, range->use};

    if (frames->count == frames->capacity)
        return; /* nothing more can be told apart: they stay taken */
    above.pages = (range_end(range) - above.base) / PAGE_SIZE;
    range->pages = (phys - range->base) / PAGE_SIZE;
    if (above.pages > 0)
        insert(frames, index + 1, above);
    if (range->pages == 0)
        take_out(frames, index);
    firmware_release_pages(phys, pages);
}

/* Does a region of the map have it all, and nothing else a part of it? */
static bool is_free(const struct frames *frames, const struct firmware_memory_map *map,
                    uint64_t start, uint64_t end)
{
    if (start < LOWEST || lowest_obstacle(frames, map, start, end) != end)
        return false;
    for (uint64_t i = 0; i < map->count; i++) {
        const struct bowline_memory_region *region = &map->regions[i];

        if (region->kind == BOWLINE_MEMORY_USABLE && region->base <= start &&
            end - region->base <= region->length)
            return true;
    }
    return false;
}

bool frames_take(struct frames *frames, uint64_t phys, uint64_t pages, enum frame_use use)
{
    struct firmware_memory_map map;
    struct error error;
    uint64_t end;

    if (__builtin_add_overflow(phys, pages * PAGE_SIZE, &end) || end > UINTPTR_MAX ||
        !make_room(frames, &error) || !firmware_read_memory_map(&map, &error) ||
        !is_free(frames, &map, phys, end) || !firmware_claim_pages(phys, pages))
        return false;
    record(frames, phys, pages, use);
    return true;
}

void frames_release_try(struct frames *frames)
{
    uint64_t kept = 0;

    for (uint64_t i = 0; i < frames->count; i++) {
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
    struct frame_range ledger;

    if (frames->count == 0)
        return;
    ledger =
        frames
            ->ranges[index_at(frames, frames->phys)]; /* it goes last: it says what else there is */
    for (uint64_t i = 0; i < frames->count; i++) {
        if (frames->ranges[i].base != ledger.base)
            firmware_release_pages(frames->ranges[i].base, frames->ranges[i].pages);
    }
    *frames = (struct frames){0};
    firmware_release_pages(ledger.base, ledger.pages);
}
