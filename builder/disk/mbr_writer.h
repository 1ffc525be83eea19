/* SPDX-License-Identifier: MIT */
/* Writer of what stands behind the boot code of a master boot record (UEFI
 * specification 2.10, 5.2). */
#pragma once

#include "format/mbr.h"

/* The entry of type 0xEE that covers the whole disk, as a GPT wants it. Sizes in bytes. */
struct mbr_entry mbr_protective_entry(uint64_t disk_size, uint32_t sector_size);

/*
 * An active entry of no partition, for the BIOSes that boot no disk without one: UEFI refuses a
 * protective entry that is active itself.
 */
struct mbr_entry mbr_dummy_entry(void);

/* An active partition: whole sectors, fewer than 2^32. Bytes. */
struct mbr_entry mbr_partition_entry(uint8_t type, uint64_t start, uint64_t size,
                                     uint32_t sector_size);

/* Fills in bytes 440 to 511. */
void mbr_write(const struct mbr_entry entries[MBR_ENTRY_COUNT], uint32_t disk_signature,
               uint8_t sector[512]);
