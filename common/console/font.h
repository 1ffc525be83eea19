/* SPDX-License-Identifier: MIT */
/* Spleen 8x16 (BSD 2-clause, see font.c): printable ASCII and a replacement glyph. */
#pragma once

#include <stdint.h>

enum { FONT_WIDTH = 8, FONT_HEIGHT = 16 };

/* 16 rows, highest bit left. Never NULL, for any code point. */
const uint8_t *font_glyph(uint32_t code_point);
