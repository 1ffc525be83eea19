/* SPDX-License-Identifier: MIT */
/*
 * Memory that is there, or the program ends (abort()): for texts and lists of command lines and of
 * what is shown, where no caller could do anything sensible without. Everything is for free().
 */
#pragma once

#include <stdarg.h>

/* Returns what it gets, which is not NULL. */
void *need(void *memory) __attribute__((returns_nonnull));

char *copy_text(const char *text);

char *format_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *format_text_list(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));
