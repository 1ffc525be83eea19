/* SPDX-License-Identifier: MIT */
#include "format/smbios.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (smbios2_is_valid(data, size))
        EXPECT(size >= 0x1f && memcmp(data, "_SM_", 4) == 0);
    if (smbios3_is_valid(data, size))
        EXPECT(size >= 0x18 && memcmp(data, "_SM3_", 5) == 0);
    return 0;
}
