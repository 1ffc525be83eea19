/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* One character of UTF-8; returns its length in bytes, 0 where the text is not UTF-8 (RFC 3629). */
size_t utf8_decode(const char *text, uint32_t *out);
