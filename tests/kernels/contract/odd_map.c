/* SPDX-License-Identifier: MIT */
/* What has to become of the ranges that tests/firmware/bios/odd.S adds to the memory map. */
#include "contract.h"

static const struct {
    const char *oddity; /* the fact that says that it is there */
    uint64_t phys, kind, firmware_kind;
} expected[] = {
    {"odd-types", 112 * MIB, BOWLINE_MEMORY_PERSISTENT, 7},
    {"odd-types", 113 * MIB, BOWLINE_MEMORY_RESERVED, 12},
    {"odd-types", 114 * MIB, BOWLINE_MEMORY_RESERVED, 0xb0200000},
    /* Where two ranges overlap, the worse one counts. */
    {"odd-overlaps", 0xf0000, BOWLINE_MEMORY_RESERVED, 2},
    {"odd-overlaps", 80 * MIB, BOWLINE_MEMORY_RESERVED, 2},
    {"odd-overlaps", 80 * MIB + 0x10000, BOWLINE_MEMORY_ACPI_NVS, 4},
    /* Of a page that is usable in part nothing is. */
    {"odd-overlaps", 96 * MIB, BOWLINE_MEMORY_RESERVED, 2},
    {"odd-overlaps", 97 * MIB, BOWLINE_MEMORY_RESERVED, 2},
    {"odd-overlaps", 97 * MIB + PAGE_SIZE, BOWLINE_MEMORY_USABLE, 0},
    {"odd-extended", 120 * MIB, BOWLINE_MEMORY_USABLE, 0},
    {"odd-extended", 121 * MIB, BOWLINE_MEMORY_RESERVED, 2},
};

/* 140 reserved pages, 64 KiB from each to the next. */
static void check_many(const struct bowline_info *boot)
{
    for (uint64_t i = 0; i < 140; i++) {
        const struct bowline_memory_region *region = region_at(boot, 128 * MIB + i * 64 * KIB);

        CHECK(region != NULL);
        CHECK_EQUAL(region->kind, BOWLINE_MEMORY_RESERVED);
        CHECK_EQUAL(region->length, PAGE_SIZE);
    }
}

void check_odd_map(const struct bowline_info *boot)
{
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        const struct bowline_memory_region *region = region_at(boot, expected[i].phys);

        if (!fact_is(boot, expected[i].oddity))
            continue;
        CHECK(region != NULL);
        CHECK_EQUAL(region->kind, expected[i].kind);
        CHECK_EQUAL(region->firmware_kind, expected[i].firmware_kind);
    }
    if (fact_is(boot, "odd-many"))
        check_many(boot);
}
