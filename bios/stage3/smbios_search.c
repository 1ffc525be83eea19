/* SPDX-License-Identifier: MIT */
#include "smbios_search.h"

#include "format/smbios.h"

enum { ROM_START = 0xf0000, LOW_END = 0x100000, STEP = 16 };

void smbios_search(const uint8_t *low, uint64_t *smbios2, uint64_t *smbios3)
{
    *smbios2 = *smbios3 = 0;
    for (uint32_t place = ROM_START; place < LOW_END; place += STEP) {
        if (*smbios2 == 0 && smbios2_is_valid(low + place, LOW_END - place))
            *smbios2 = place;
        if (*smbios3 == 0 && smbios3_is_valid(low + place, LOW_END - place))
            *smbios3 = place;
    }
}
