/* SPDX-License-Identifier: MIT */
#include "format/smbios.h"

#include "base/checksum.h"
#include "base/string.h"

enum {
    ENTRY2_LENGTH = 5,          /* offset */
    ENTRY2_SIZE_MIN = 0x1e,     /* what SMBIOS 2.1 says by mistake; it is 0x1f */
    ENTRY2_INTERMEDIATE = 0x10, /* a second anchor, with a checksum of its own */
    ENTRY2_INTERMEDIATE_SIZE = 15,
    ENTRY3_LENGTH = 6,
    ENTRY3_SIZE_MIN = 0x18,
};

bool smbios2_is_valid(const void *bytes, uint64_t available)
{
    const uint8_t *entry = bytes;

    if (available < 0x1f || memcmp(entry, "_SM_", 4) != 0)
        return false;
    return entry[ENTRY2_LENGTH] >= ENTRY2_SIZE_MIN && entry[ENTRY2_LENGTH] <= available &&
           sums_to_zero(entry, entry[ENTRY2_LENGTH]) &&
           memcmp(entry + ENTRY2_INTERMEDIATE, "_DMI_", 5) == 0 &&
           sums_to_zero(entry + ENTRY2_INTERMEDIATE, ENTRY2_INTERMEDIATE_SIZE);
}

bool smbios3_is_valid(const void *bytes, uint64_t available)
{
    const uint8_t *entry = bytes;

    if (available < ENTRY3_SIZE_MIN || memcmp(entry, "_SM3_", 5) != 0)
        return false;
    return entry[ENTRY3_LENGTH] >= ENTRY3_SIZE_MIN && entry[ENTRY3_LENGTH] <= available &&
           sums_to_zero(entry, entry[ENTRY3_LENGTH]);
}
