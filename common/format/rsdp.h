/* SPDX-License-Identifier: MIT */
/* The root pointer of ACPI (ACPI 6.5, 5.2.5.3). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Longer ones do not exist; it bounds what the checksum reads. */
enum { RSDP_SIZE_MIN = 20, RSDP_SIZE_MAX = 4096 };

/*
 * Is there an RSDP at `bytes`, with its signature and with the checksums of its revision? Reads no
 * more than `available` bytes.
 */
bool rsdp_is_valid(const void *bytes, uint64_t available);
