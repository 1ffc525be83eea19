/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* One character of UTF-8; returns its length in bytes, 0 where the text is not UTF-8 (RFC 3629). */
size_t utf8_decode(const char *text, uint32_t *out);

/* Writes one character, at most four bytes and no NUL; returns where the next one goes. */
char *utf8_put(char *to, uint32_t character);
