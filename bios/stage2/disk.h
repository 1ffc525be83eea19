/* SPDX-License-Identifier: MIT */
/* Reading stage 3. */
#pragma once

#include "format/stage.h"
#include "memory_report.h"

/*
 * How many bits more the BIOS's sectors of this drive have than those of 512 bytes (int 13h
 * AH=48h); 0 where it does not tell.
 */
uint32_t disk_sector_shift(uint8_t drive);

/*
 * Reads stage 3 to LAYOUT_PACKED_STAGE3, where it lies already if we come from the network, checks
 * it, and unpacks it to LAYOUT_STAGE3. Says what went wrong, and stops, if it did.
 */
void load_stage3(const struct stage2_report *from, const struct stage2_header *header);
