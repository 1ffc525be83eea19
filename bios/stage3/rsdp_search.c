/* SPDX-License-Identifier: MIT */
#include "rsdp_search.h"

#include "base/bytes.h"
#include "base/units.h"
#include "format/rsdp.h"

enum {
    EBDA_SEGMENT = 0x40e, /* in the BIOS data area */
    EBDA_LOWEST = 0x1000,
    VIDEO_MEMORY = 0xa0000,
    ROM_START = 0xe0000,
    LOW_END = 0x100000,
    STEP = 16,
    RSDP_REVISION = 15, /* offset; 0 in ACPI 1 */
};

/* Keeps in *best what is better than what it has: any RSDP first, then a newer one. */
static void search(const uint8_t *low, uint32_t start, uint32_t end, uint64_t *best)
{
    for (uint32_t place = start; place < end; place += STEP) {
        if (!rsdp_is_valid(low + place, LOW_END - place))
            continue;
        if (low[place + RSDP_REVISION] >= 2) {
            if (*best == 0 || low[*best + RSDP_REVISION] < 2)
                *best = place;
            return;
        }
        if (*best == 0)
            *best = place;
    }
}

uint64_t rsdp_search(const uint8_t *low)
{
    uint32_t ebda = (uint32_t)load_le16(low + EBDA_SEGMENT) << 4;
    uint64_t best = 0;

    /* 0 and 0xffff are what machines without one say. */
    if (ebda >= EBDA_LOWEST && ebda < VIDEO_MEMORY)
        search(low, ebda, ebda + KIB, &best);
    search(low, ROM_START, LOW_END, &best);
    return best;
}
