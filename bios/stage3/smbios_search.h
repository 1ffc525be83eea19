/* SPDX-License-Identifier: MIT */
/* Where a BIOS leaves the entry points of SMBIOS. Pure: tested on the host. */
#pragma once

#include <stdint.h>

/*
 * Looks through 0xf0000 to 0xfffff on 16-byte borders (DSP0134, 5.2). `low` is the first MiB of
 * memory. The results are physical addresses, 0: not there.
 */
void smbios_search(const uint8_t *low, uint64_t *smbios2, uint64_t *smbios3);
