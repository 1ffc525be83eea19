/* SPDX-License-Identifier: MIT */
/* Where a BIOS leaves the root pointer of ACPI. Pure: tested on the host. */
#pragma once

#include <stdint.h>

/*
 * Looks through the first KiB of the extended BIOS data area and through 0xe0000 to 0xfffff, on
 * 16-byte borders (ACPI 6.5, 5.2.5.1). `low` is the first MiB of memory. Returns the physical
 * address of the first RSDP of ACPI 2 or later, else of the first of ACPI 1, else 0.
 */
uint64_t rsdp_search(const uint8_t *low);
