/* SPDX-License-Identifier: MIT */
/* The firmware's part of a kernel's command line. */
#pragma once

#include "memory/frames.h"

/*
 * Writes the `length` bytes of `options`, and behind them, after a space, what the loader was
 * started with; no NUL. To NULL nothing. Returns the number of bytes.
 */
size_t load_options_join(const char *options, size_t length, char *out);

/* The same with *options, which becomes a text in memory of its own if anything is added to it. */
bool load_options_append(struct frames *frames, const char **options, struct error *error);
