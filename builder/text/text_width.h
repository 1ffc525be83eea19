/* SPDX-License-Identifier: MIT */
/* How wide a text will be in a picture, whose reader's fonts are not known. */
#pragma once

#include <stddef.h>

/*
 * Pixels, for a sans-serif face of `font_size` pixels: at least what DejaVu Sans takes, which is
 * wider than most.
 */
unsigned text_width(const char *text, unsigned font_size);

/* A copy, with its middle left out ("/long/na…me.elf") where it is wider than `width`. To be freed.
 */
char *text_fitted(const char *text, unsigned font_size, unsigned width);
