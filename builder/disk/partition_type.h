/* SPDX-License-Identifier: MIT */
/* What a partition is for, in both kinds of table. */
#pragma once

#include <stdbool.h>

#include "format/gpt.h"

struct partition_type {
    bool has_guid, has_mbr; /* a GUID alone says nothing to an MBR, a number nothing to a GPT */
    struct guid guid;
    uint8_t mbr;
};

/* "linux", "data", "swap", a GUID, or a number of an MBR such as 0x83. False: none of them. */
bool partition_type_parse(const char *text, struct partition_type *out);

/* Not 0, which is no partition, and none of an extended partition or a GPT. */
bool is_mbr_type(uint8_t type);

/* A type that a partition of ours may have in an MBR, as "0xef" or "239". */
bool parse_mbr_type(const char *text, uint8_t *out);
