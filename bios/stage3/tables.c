/* SPDX-License-Identifier: MIT */
#include "firmware/tables.h"

#include <bowline.h>

#include "base/units.h"
#include "firmware/memory.h"
#include "rsdp_search.h"

void firmware_find_tables(struct firmware_tables *out)
{
    firmware_must_be_alive(__func__);
    *out = (struct firmware_tables){
        .kind = BOWLINE_FIRMWARE_BIOS,
        .rsdp = rsdp_search(firmware_memory(0, MIB)),
    };
}
