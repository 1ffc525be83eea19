/* SPDX-License-Identifier: MIT */
#include "format/rsdp.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (rsdp_is_valid(data, size))
        EXPECT(size >= RSDP_SIZE_MIN && memcmp(data, "RSD PTR ", 8) == 0);
    return 0;
}
