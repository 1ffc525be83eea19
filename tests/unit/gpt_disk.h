/* SPDX-License-Identifier: MIT */
/* A disk of 300 sectors with a table of 128 entries, by the words of the specification. */
#pragma once

#include "format/gpt.h"
#include "support.h"

enum { SECTORS = 300, ENTRY_COUNT = 128 };

struct disk {
    uint32_t sector_size;
    uint32_t entry_sectors;
    uint8_t *bytes; /* from malloc() */
    struct memory_reader memory;
};

/* A BIOS boot partition with number 1, and an EFI system partition with number 6. */
void make_disk(struct disk *disk, uint32_t sector_size);

/* One copy of the table, to be changed and then sealed: its checksums are right again. */
struct gpt_header *header_of(struct disk *disk, bool is_backup);
struct gpt_entry *entry_of(struct disk *disk, bool is_backup, uint32_t index);
void seal_header(struct disk *disk, bool is_backup);
void seal(struct disk *disk, bool is_backup); /* header and entries */
