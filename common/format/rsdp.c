/* SPDX-License-Identifier: MIT */
#include "format/rsdp.h"

#include "base/bytes.h"
#include "base/checksum.h"
#include "base/string.h"

enum {
    REVISION_OFFSET = 15, /* 0: ACPI 1, with the first 20 bytes only; 2: with length and the rest */
    LENGTH_OFFSET = 20,
    ACPI_2_SIZE = 36,
};

bool rsdp_is_valid(const void *bytes, uint64_t available)
{
    const uint8_t *rsdp = bytes;

    if (available < RSDP_SIZE_MIN || memcmp(rsdp, "RSD PTR ", 8) != 0 ||
        !sums_to_zero(rsdp, RSDP_SIZE_MIN))
        return false;
    if (rsdp[REVISION_OFFSET] < 2)
        return true;
    if (available < ACPI_2_SIZE)
        return false;

    uint32_t length = load_le32(rsdp + LENGTH_OFFSET);

    return length >= ACPI_2_SIZE && length <= available && sums_to_zero(rsdp, length);
}
