/* SPDX-License-Identifier: MIT */
/* The BIOS's memory map in the terms of the shared core. Pure: tested on the host. */
#pragma once

#include <bowline.h>
#include <stdbool.h>

#include "memory_report.h"

/* A range of physical memory. */
struct range {
    uint64_t base, length;
};

/* kind (BOWLINE_MEMORY_...) of an E820 type; every unknown one is reserved. */
uint64_t region_kind(uint32_t e820_type);

/* Writes one region for each entry to `out`, in the same order. Returns their number. */
uint64_t regions_translate(const struct memory_report *report, struct bowline_memory_region *out);

/* Does all of the range lie in usable memory, and none of it in anything else? */
bool range_is_usable(const struct memory_report *report, struct range range);

/* The lowest page-aligned place of `length` bytes of usable memory in [bottom, top), or 0. */
uint64_t find_usable(const struct memory_report *report, uint64_t length, uint64_t bottom,
                     uint64_t top);

/* How many aligned pieces of 2^`shift` bytes above `bottom` have usable memory in them. */
uint64_t count_usable(const struct memory_report *report, unsigned shift, uint64_t bottom);
