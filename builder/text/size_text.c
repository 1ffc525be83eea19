/* SPDX-License-Identifier: MIT */
#include "text/size_text.h"

#include <stdio.h>

#include "base/units.h"

static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

struct size_text size_text(uint64_t bytes)
{
    struct size_text result;
    size_t unit = 0;
    uint64_t tenths;

    while (unit + 1 < COUNT_OF(units) && bytes >> (10 * (unit + 1)) != 0)
        unit++;
    if (unit == 0) {
        snprintf(result.text, sizeof(result.text), "%u %s", (unsigned)bytes,
                 bytes == 1 ? "byte" : "bytes");
        return result;
    }
    /* Of the unit below, less than 2^20: ten times that does not overflow. */
    bytes >>= 10 * (unit - 1);
    tenths = (bytes * 10 + 512) / 1024;
    if (tenths >= 10240 && unit + 1 < COUNT_OF(units)) { /* rounded up to the next unit */
        tenths = 10;
        unit++;
    }
    if (tenths % 10 == 0)
        snprintf(result.text, sizeof(result.text), "%u %s", (unsigned)(tenths / 10), units[unit]);
    else
        snprintf(result.text, sizeof(result.text), "%u.%u %s", (unsigned)(tenths / 10),
                 (unsigned)(tenths % 10), units[unit]);
    return result;
}

struct size_text exact_size_text(uint64_t bytes)
{
    struct size_text result;
    size_t unit = 0;

    while (bytes > 0 && bytes % KIB == 0 && unit + 1 < COUNT_OF(units)) {
        bytes /= KIB;
        unit++;
    }
    snprintf(result.text, sizeof(result.text), "%llu %s", (unsigned long long)bytes, units[unit]);
    return result;
}
