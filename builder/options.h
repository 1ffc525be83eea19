/* SPDX-License-Identifier: MIT */
/* What the values of options may be. Each returns false for a text that says none; *out is as it
 * was. */
#pragma once

#include "mkimage.h"

bool parse_scheme(const char *text, enum mkimage_scheme *out);
bool parse_fat(const char *text, enum mkimage_fat *out);

/* Not 0, which is no partition, and none of an extended partition or a GPT. */
bool is_mbr_type(uint8_t type);

/* A type that a partition of ours may have in an MBR, as "0xef" or "239". */
bool parse_mbr_type(const char *text, uint8_t *out);

/* Bytes: a number, and perhaps K, M, G or T behind it, or KiB ... TiB, which mean the same. */
bool parse_size(const char *text, uint64_t *out);
