/* SPDX-License-Identifier: MIT */
/* A directory that is looked at, entry by entry, and the checks of one entry. */
#pragma once

#include "survey/survey_fat.h"

enum {
    NAME_SIZE = 11,
    DELETED = 0xe5,
    KANJI_E5 = 0x05, /* stands for 0xe5 at the start of a name */
    LAST_PART = 0x40,
    UNITS_PER_PART = 13,
    ATTRIBUTE_LABEL = 0x08,
    ATTRIBUTE_DIRECTORY = 0x10,
    ATTRIBUTE_ARCHIVE = 0x20,
    ATTRIBUTE_LONG_NAME = 0x0f,
    ATTRIBUTES_RESERVED = 0xc0,
    LOWER_CASE = 0x18, /* Windows NT: base or extension is in lower case */
};

struct directory {
    struct fat_survey *fat;
    size_t index; /* into fat->found */
    const uint8_t *bytes;
    uint64_t size;
    const struct survey_extent *extents;
    size_t extent_count;
    uint64_t label; /* offset of the volume label, plus 1 */
    unsigned dots;  /* "." and ".." have been met */
    size_t name_count;
    char **names; /* folded: long and short ones */
};

/* Where byte `offset` of the directory lies on the disk. */
uint64_t directory_place(const struct directory *directory, uint64_t offset);

/* A field of an entry is wrong: `what` is `found`. */
void directory_wrong(struct directory *directory, uint64_t offset, uint64_t size, const char *what,
                     uint64_t found);

/* survey_fat_entry.c: each of the short entry at `offset`. */
void directory_check_short_name(struct directory *directory, uint64_t offset);
void directory_check_fields(struct directory *directory, uint64_t offset);
void directory_check_label(struct directory *directory, uint64_t offset);

/* The parts of a long name lie in [start, offset), the short entry that they belong to behind. */
void directory_check_long_name(struct directory *directory, uint64_t start, uint64_t offset,
                               const char *name);

/* Parts of a long name in [start, end) that no short entry follows. */
void directory_check_orphans(struct directory *directory, uint64_t start, uint64_t end);
