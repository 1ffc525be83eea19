/* SPDX-License-Identifier: MIT */
/* Reader of GUID partition tables (UEFI specification 2.10, chapter 5). */
#pragma once

#include "format/reader.h"

struct guid {
    uint8_t bytes[16]; /* as on the disk: the first three groups little-endian */
};

extern const struct guid GPT_TYPE_ESP;       /* C12A7328-F81F-11D2-BA4B-00A0C93EC93B */
extern const struct guid GPT_TYPE_BIOS_BOOT; /* 21686148-6449-6E6F-744E-656564454649 */

struct gpt_header {    /* byte 0 of the header's sector */
    char signature[8]; /* "EFI PART" */
    uint32_t revision;
    uint32_t header_size;
    uint32_t header_crc32; /* over header_size bytes with this field 0 */
    uint32_t reserved;
    uint64_t my_lba;
    uint64_t alternate_lba;
    uint64_t first_usable_lba;
    uint64_t last_usable_lba;
    struct guid disk_guid;
    uint64_t entries_lba;
    uint32_t entry_count;
    uint32_t entry_size;
    uint32_t entries_crc32;
} __attribute__((packed));
_Static_assert(sizeof(struct gpt_header) == 92, "UEFI 2.10, table 5.5");

struct gpt_entry {
    struct guid type;
    struct guid partition_guid;
    uint64_t first_lba;
    uint64_t last_lba; /* inclusive */
    uint64_t attributes;
    uint16_t name[36]; /* UTF-16 */
} __attribute__((packed));
_Static_assert(sizeof(struct gpt_entry) == 128, "UEFI 2.10, table 5.6");

struct gpt {
    uint32_t sector_size; /* 512 or 4096: where "EFI PART" was found, not what the device says */
    struct gpt_header header;
    bool is_backup; /* the primary table was damaged and the backup was used */
};

enum { GPT_PRIMARY_LBA = 1 };

/*
 * The valid table of a disk: the primary one at byte 512 or 4096, or else a backup, which lies
 * where the damaged primary says or at the end of the disk (a disk that an image was copied to may
 * be larger than the image).
 */
bool gpt_read(struct reader *disk, struct gpt *out, struct error *error);

/* The copy whose header is at `lba`: signature, sizes, both CRCs; or its header alone. */
bool gpt_read_copy(struct reader *disk, uint32_t sector_size, uint64_t lba, struct gpt *out,
                   struct error *error);

bool gpt_read_header(struct reader *disk, uint32_t sector_size, uint64_t lba, struct gpt *out,
                     struct error *error);

/* Entry `index` (from 0), with its bounds checked unless it is unused (type all zero). */
bool gpt_read_entry(struct reader *disk, const struct gpt *gpt, uint32_t index,
                    struct gpt_entry *out, struct error *error);

/* The first partition of a type: bytes from the start of the disk, and its number from 1. */
struct gpt_partition {
    uint32_t number;
    uint64_t start;
    uint64_t size;
    struct gpt_entry entry;
};

bool gpt_find(struct reader *disk, const struct gpt *gpt, const struct guid *type,
              struct gpt_partition *out, struct error *error);
