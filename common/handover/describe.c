/* SPDX-License-Identifier: MIT */
#include "handover/describe.h"

#include "base/print.h"
#include "base/units.h"

/* Further away than this, an area has nothing to do with an address. */
static const uint64_t CLOSE = 1 * MIB;

/* What is read or written through a null pointer lies below this: members and elements. */
static const uint64_t NULL_END = 64 * KIB;

static const struct resident_area *area_of(const struct resident *resident, uint64_t address)
{
    for (uint64_t i = 0; i < resident->area_count; i++) {
        const struct resident_area *area = &resident->areas[i];

        if (address >= area->first && address <= area->last)
            return area;
    }
    return NULL;
}

/* Bytes between an address and an area that it is not in. */
static uint64_t distance_to(const struct resident_area *area, uint64_t address)
{
    return address < area->first ? area->first - address : address - area->last - 1;
}

static const struct resident_area *closest_area(const struct resident *resident, uint64_t address)
{
    const struct resident_area *closest = NULL;

    for (uint64_t i = 0; i < resident->area_count; i++) {
        const struct resident_area *area = &resident->areas[i];
        uint64_t distance = distance_to(area, address);

        if (distance <= CLOSE && (closest == NULL || distance < distance_to(closest, address)))
            closest = area;
    }
    return closest;
}

static size_t nothing(char *text)
{
    text[0] = '\0';
    return 0;
}

size_t describe_address(const struct resident *resident, uint64_t address, char *text,
                        size_t capacity)
{
    const struct resident_area *area = area_of(resident, address);

    if (area != NULL)
        return print_text(text, capacity, "the address lies in %s", area->name);
    if (address == 0)
        return print_text(text, capacity, "the address is a null pointer");
    if (address < NULL_END)
        return print_text(text, capacity, "the address lies %lu bytes above a null pointer",
                          address);
    area = closest_area(resident, address);
    if (area == NULL)
        return nothing(text);
    return print_text(text, capacity, "the address lies %lu bytes %s %s",
                      distance_to(area, address),
                      address < area->first ? "below" : "above the end of", area->name);
}

size_t describe_physical(const struct resident *resident, uint64_t address, char *text,
                         size_t capacity)
{
    if (area_of(resident, address) != NULL || address < NULL_END ||
        address >= resident->direct_map_size)
        return nothing(text);
    return print_text(text, capacity, "there is no identity map: physical %lx is mapped at %lx",
                      address, resident->direct_map + address);
}

size_t describe_stack(const struct resident *resident, uint64_t stack_pointer, char *text,
                      size_t capacity)
{
    uint64_t missing = resident->stack_base - stack_pointer;
    const struct resident_area *area = area_of(resident, stack_pointer);
    bool is_in_guard = missing <= PAGE_SIZE;

    /* A kernel may have a stack of its own, below the loader's. */
    if (missing == 0 || missing > CLOSE || (area != NULL && !is_in_guard))
        return nothing(text);
    return print_text(text, capacity,
                      "the stack has overflowed: rsp lies %lu bytes below it, %s its guard page",
                      missing, is_in_guard ? "in" : "beyond");
}
