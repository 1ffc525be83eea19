/* SPDX-License-Identifier: MIT */
/* What the parts of stage 3 know of each other; the rest is common/firmware/. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "memory_report.h"

/* Takes over what stage 2 has found. memory.c, volume.c. */
void memory_start(const struct memory_report *report);
void volume_start(uint8_t drive, uint32_t sector_size);

/* From now on firmware_must_be_alive() stops. memory.c. */
void memory_end(void);

/* End of the memory below 1 MiB that the BIOS leaves alone. memory.c. */
uint64_t memory_low_end(void);
