/* SPDX-License-Identifier: MIT */
/* Reader of master boot records (UEFI specification 2.10, 5.2): sector 0 of every disk. */
#pragma once

#include "format/reader.h"

enum {
    MBR_SIGNATURE_OFFSET = 440, /* four bytes, in a protective MBR too */
    MBR_BOOT_SIGNATURE = 0xaa55,
    MBR_ENTRY_COUNT = 4,
    MBR_ACTIVE = 0x80,
    MBR_TYPE_UNUSED = 0,
    MBR_TYPE_PROTECTIVE = 0xee,
    MBR_TYPE_ESP = 0xef,
};

struct mbr_entry {
    uint8_t indicator; /* MBR_ACTIVE or 0 */
    uint8_t first_chs[3];
    uint8_t type;
    uint8_t last_chs[3];
    uint32_t first_lba; /* in sectors of the disk, which the table does not tell */
    uint32_t sectors;
} __attribute__((packed));
_Static_assert(sizeof(struct mbr_entry) == 16, "UEFI 2.10, table 5.2");

struct mbr { /* bytes 440 to 511 of sector 0 */
    uint32_t disk_signature;
    uint16_t reserved;
    struct mbr_entry entries[MBR_ENTRY_COUNT];
    uint16_t boot_signature;
} __attribute__((packed));
_Static_assert(MBR_SIGNATURE_OFFSET + sizeof(struct mbr) == 512, "UEFI 2.10, table 5.1");

/* Reads and validates the boot signature, and nothing else. */
bool mbr_read(struct reader *disk, struct mbr *out, struct error *error);

/* It only protects a GPT from tools that know none: that table is the one that counts. */
bool mbr_is_protective(const struct mbr *mbr);

struct mbr_partition {
    uint32_t number; /* from 1 */
    uint8_t type;
    uint64_t start; /* bytes from the start of the disk */
    uint64_t size;
};

/*
 * The partition that begins at byte `start` of the disk, of sectors of 512 or else of 4096 bytes.
 * It must end within the disk's size (bytes).
 */
bool mbr_find(const struct mbr *mbr, uint64_t start, uint64_t disk_size, struct mbr_partition *out,
              struct error *error);
