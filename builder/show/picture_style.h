/* SPDX-License-Identifier: MIT */
/* How pictures look: colours, patterns, and sizes of letters. */
#pragma once

#include <stdio.h>

#include "show/picture.h"

enum { FONT_SIZE = 12, FONT_SIZE_TITLE = 20, FONT_SIZE_SUBTITLE = 13, FONT_SIZE_ADDRESS = 11 };

/* The style sheet, for light and dark surroundings and for paper, and the patterns. */
void picture_style_write(FILE *to);

/* What the classes and patterns of a tone are called: "code" for "fill-code", "ink-code", "p-code".
 */
const char *picture_tone_name(enum picture_tone tone);
