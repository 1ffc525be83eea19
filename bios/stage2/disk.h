/* SPDX-License-Identifier: MIT */
/* Reading stage 3. */
#pragma once

#include "format/stage.h"

/*
 * Reads stage 3 to LAYOUT_PACKED_STAGE3, checks it, and unpacks it to LAYOUT_STAGE3. Says what went
 * wrong, and stops, if it did.
 */
void load_stage3(uint8_t drive, const struct stage2_header *header);
