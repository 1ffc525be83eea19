/* SPDX-License-Identifier: MIT */
/* The checksum of ACPI and SMBIOS tables: their bytes add up to 0, modulo 256. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool sums_to_zero(const void *bytes, size_t length)
{
    const uint8_t *byte = bytes;
    uint8_t sum = 0;

    while (length-- > 0)
        sum = (uint8_t)(sum + *byte++);
    return sum == 0;
}
