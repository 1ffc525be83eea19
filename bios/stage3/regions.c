/* SPDX-License-Identifier: MIT */
#include "regions.h"

#include "base/units.h"

uint64_t region_kind(uint32_t e820_type)
{
    switch (e820_type) {
    case E820_USABLE:
        return BOWLINE_MEMORY_USABLE;
    case E820_ACPI_RECLAIMABLE:
        return BOWLINE_MEMORY_ACPI_RECLAIMABLE;
    case E820_ACPI_NVS:
        return BOWLINE_MEMORY_ACPI_NVS;
    case E820_BAD:
        return BOWLINE_MEMORY_BAD;
    case E820_PERSISTENT:
        return BOWLINE_MEMORY_PERSISTENT;
    default:
        return BOWLINE_MEMORY_RESERVED;
    }
}

uint64_t regions_translate(const struct memory_report *report, struct bowline_memory_region *out)
{
    for (uint32_t i = 0; i < report->count; i++) {
        const struct e820_entry *entry = &report->entries[i];
        uint64_t kind = region_kind(entry->type);

        out[i] = (struct bowline_memory_region){
            .base = entry->base,
            .length = entry->length,
            .kind = kind,
            .firmware_kind = kind == BOWLINE_MEMORY_USABLE ? 0 : entry->type,
            .attributes = entry->attributes,
        };
    }
    return report->count;
}

/* Exclusive; what runs past the end of all addresses ends there. */
static uint64_t end_of(uint64_t base, uint64_t length)
{
    uint64_t end;

    return __builtin_add_overflow(base, length, &end) ? UINT64_MAX : end;
}

static bool overlaps(const struct e820_entry *entry, uint64_t base, uint64_t end)
{
    return entry->base < end && end_of(entry->base, entry->length) > base;
}

bool range_is_usable(const struct memory_report *report, struct range range)
{
    uint64_t covered = range.base, end = end_of(range.base, range.length);

    for (uint32_t i = 0; i < report->count; i++) {
        const struct e820_entry *entry = &report->entries[i];

        if (entry->type != E820_USABLE && overlaps(entry, range.base, end))
            return false;
    }
    /* The entries are in no order: each pass finds the next one, or nothing covers the rest. */
    while (covered < end) {
        uint64_t before = covered;

        for (uint32_t i = 0; i < report->count; i++) {
            const struct e820_entry *entry = &report->entries[i];

            if (entry->type == E820_USABLE && entry->base <= covered)
                covered = maximum(covered, end_of(entry->base, entry->length));
        }
        if (covered == before)
            return false;
    }
    return true;
}

uint64_t find_usable(const struct memory_report *report, uint64_t length, uint64_t bottom,
                     uint64_t top)
{
    uint64_t best = 0;

    for (uint32_t i = 0; i < report->count; i++) {
        const struct e820_entry *entry = &report->entries[i];

        /* Candidates are where something begins or ends: a place above an obstacle is one of them.
         */
        for (int side = 0; side < 2; side++) {
            uint64_t edge = side == 0 ? entry->base : end_of(entry->base, entry->length);

            uint64_t place = align_up(maximum(minimum(edge, top), bottom), PAGE_SIZE);

            if (place != 0 && end_of(place, length) <= top && (best == 0 || place < best) &&
                range_is_usable(report, (struct range){place, length}))
                best = place;
        }
    }
    return best;
}

uint64_t count_usable(const struct memory_report *report, unsigned shift, uint64_t bottom)
{
    uint64_t count = 0;

    for (uint32_t i = 0; i < report->count; i++) {
        const struct e820_entry *entry = &report->entries[i];
        uint64_t end = end_of(entry->base, entry->length);

        if (entry->type == E820_USABLE && entry->length > 0 && end > bottom)
            count += ((end - 1) >> shift) - (maximum(entry->base, bottom) >> shift) + 1;
    }
    return count;
}
