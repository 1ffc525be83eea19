/* SPDX-License-Identifier: MIT */
/* The entries of the table in the first sector. */
#pragma once

#include "survey/survey_parts.h"

struct mbr_survey {
    struct surveyor *surveyor;
    size_t item;
    struct mbr mbr;
    uint32_t sector_size;
};

/* Where entry `index` (from 0) lies on the disk. */
uint64_t mbr_entry_offset(unsigned index);

/* It is an entry of something. */
bool mbr_is_used(const struct mbr_entry *entry);

/* A field of an entry is not what it should be. On a disk that others have made it is only odd. */
void mbr_wrong_field(struct mbr_survey *table, unsigned index, size_t offset, size_t size,
                     const char *field, uint64_t found, uint64_t expected);

/* The entry of type 0xEE of a disk with this GPT. */
void mbr_check_protective(struct mbr_survey *table, unsigned index, uint64_t disk_size,
                          const struct gpt *gpt);

/* Of an unused one: nothing, or the active entry that is no partition (mbr_dummy_entry()). */
void mbr_check_unused(struct mbr_survey *table, unsigned index);

/* Of a partition, and of all of them. A BIOS may refuse to boot a disk without an active one. */
void mbr_check_partition(struct mbr_survey *table, unsigned index);
void mbr_check_active(struct mbr_survey *table);
void mbr_check_overlaps(struct mbr_survey *table);
