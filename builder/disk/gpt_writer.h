/* SPDX-License-Identifier: MIT */
/* Writer of GUID partition tables (UEFI specification 2.10, chapter 5): both copies. */
#pragma once

#include "format/gpt.h"
#include "system/output.h"

struct gpt_part {
    struct guid type;
    struct guid guid;
    uint64_t start; /* bytes, multiples of the sector size */
    uint64_t size;
    const char *name; /* ASCII, at most 36 characters */
};

enum { GPT_PARTS_MAX = 128, GPT_NAME_MAX = 36 };

struct gpt_table {
    uint32_t sector_size;
    uint64_t disk_size; /* bytes; a multiple of the sector size */
    struct guid disk_guid;
    size_t count;
    const struct gpt_part *parts;
};

/* Writes both copies, but not the MBR. Partitions must lie between them and be disjoint. */
bool gpt_write(const struct gpt_table *table, struct output *output, struct error *error);
