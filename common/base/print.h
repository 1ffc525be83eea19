/* SPDX-License-Identifier: MIT */
/*
 * Text into a buffer, for loader and host alike.
 *
 * Formats: %s %c %u %d %x %% with the length modifiers l and z, a width, and the flags 0 and -.
 * The result is always terminated and never longer than the buffer; text that does not fit is cut.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>

/* Both return the length of what was written, without the NUL. `capacity` is at least 1. */
__attribute__((format(printf, 3, 4))) size_t print_text(char *buffer, size_t capacity,
                                                        const char *format, ...);
size_t print_text_list(char *buffer, size_t capacity, const char *format, va_list arguments);
