/* SPDX-License-Identifier: MIT */
/* What the values of options may be. Each returns false for a text that says none; *out is as it
 * was. */
#pragma once

#include "mkimage.h"

bool parse_scheme(const char *text, enum mkimage_scheme *out);
bool parse_fat(const char *text, enum mkimage_fat *out);

/* Bytes: a number, and perhaps K, M, G or T behind it, or KiB ... TiB, which mean the same. */
bool parse_size(const char *text, uint64_t *out);
