/* SPDX-License-Identifier: MIT */
/* A partition that is booted as an MBR would boot it. Pure: tested on the host. */
#pragma once

#include "format/gpt.h"
#include "format/mbr.h"

/*
 * What a boot sector is told of its partition. One of a GPT comes with its entry behind the one of
 * an MBR that is made up for it: the protocol of Syslinux's gptmbr.bin, from T13 1572D (EDD-4).
 */
struct boot_partition {
    struct mbr_entry
        entry; /* active, in sectors of the drive; 0xffffffff: more than 32 bits hold */
    uint32_t gpt_entry_size;
    struct gpt_entry gpt_entry;
} __attribute__((packed));
_Static_assert(sizeof(struct boot_partition) == 20 + sizeof(struct gpt_entry), "gptmbr.S");

enum { BOOT_PARTITION_GPT = 0x54504721 }; /* "!GPT", in eax of such a boot sector */

/*
 * Describes partition `number` of the disk, whose sectors have `sector_size` bytes; *start is its
 * first byte. gpt_entry_size is 0 on a disk with an MBR. Fails with CHAINLOAD_NO_PARTITION where
 * there is none.
 */
bool boot_partition_find(struct reader *disk, uint32_t sector_size, uint32_t number,
                         struct boot_partition *out, uint64_t *start, struct error *error);
