/* SPDX-License-Identifier: MIT */
/*
 * The few functions of the C library that shared code uses, as ISO C defines them. string.c has
 * them for the firmware, where the compiler calls the first four on its own; on the host they are
 * the C library's.
 */
#pragma once

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int byte, size_t length);
int memcmp(const void *a, const void *b, size_t length);
void *memchr(const void *bytes, int byte, size_t length);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);
