/* SPDX-License-Identifier: MIT */
/* The entry points of SMBIOS (DMTF DSP0134 3.6, 5.2). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * Is there an entry point of SMBIOS 2, or of SMBIOS 3, at `bytes`, with its anchor and its
 * checksums? Reads no more than `available` bytes.
 */
bool smbios2_is_valid(const void *bytes, uint64_t available);
bool smbios3_is_valid(const void *bytes, uint64_t available);
