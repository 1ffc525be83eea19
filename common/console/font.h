/* SPDX-License-Identifier: MIT */
/* Spleen 8x16 (BSD 2-clause, see font.c): printable ASCII and a replacement glyph. */
#pragma once

#include <stdint.h>

enum {
    FONT_WIDTH = 8,
    FONT_HEIGHT = 16,
    FONT_FIRST = ' ', /* code points that have a glyph of their own */
    FONT_LAST = '~',
    FONT_GLYPHS = FONT_LAST - FONT_FIRST + 2, /* theirs, and the replacement behind them */
};

/* Where the glyph of any code point lies in a table of FONT_GLYPHS. */
static inline uint32_t font_index(uint32_t code_point)
{
    return code_point >= FONT_FIRST && code_point <= FONT_LAST ? code_point - FONT_FIRST
                                                               : FONT_GLYPHS - 1;
}

/*
 * 16 rows, highest bit left. Never NULL, for any code point. font.c has the font; the resident part
 * has a function of its own, for the loader gives it a copy (handover/fault.c).
 */
const uint8_t *font_glyph(uint32_t code_point);
