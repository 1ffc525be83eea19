/* SPDX-License-Identifier: MIT */
#include "firmware/tables.h"

#include <bowline.h>

#include "base/units.h"
#include "firmware/memory.h"
#include "rsdp_search.h"
#include "smbios_search.h"

void firmware_find_tables(struct firmware_tables *out)
{
    const uint8_t *low = firmware_memory(0, MIB);
    struct firmware_tables tables = {.kind = BOWLINE_FIRMWARE_BIOS};

    firmware_must_be_alive();
    tables.rsdp = rsdp_search(low);
    smbios_search(low, &tables.smbios, &tables.smbios3);
    *out = tables;
}
