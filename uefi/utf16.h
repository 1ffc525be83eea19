/* SPDX-License-Identifier: MIT */
/* The firmware's texts are UTF-16 (UEFI 2.10, 2.3.1: CHAR16), all others UTF-8. */
#pragma once

#include "uefi.h"

#include <stddef.h>

/*
 * Writes the text with a NUL behind it. Returns how many CHAR16 that were; 0: it is no UTF-8, or
 * needs more than `capacity`.
 */
size_t utf16_write(const char *text, CHAR16 *out, size_t capacity);

/*
 * Writes a text of `count` CHAR16 at any address, or of fewer that end with a NUL, as UTF-8 and
 * without a NUL; to NULL nothing. Returns the number of bytes; 0: it is empty, or no text: it has
 * control characters, or half of a character.
 */
size_t utf16_read(const void *text, size_t count, char *out);
