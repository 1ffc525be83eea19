/* SPDX-License-Identifier: MIT */
/* The font as the loader carries it. */
#include <stddef.h>

#include "console/font.h"
#include "format/inflate.h"

/* Made from font.c at build time: font_blob.c. */
extern const uint8_t packed_font[];
extern const size_t packed_font_size;

const uint8_t *font_glyph(uint32_t code_point)
{
    static uint8_t glyphs[FONT_GLYPHS][FONT_HEIGHT];
    static bool is_unpacked;
    struct error ignored; /* nobody could be told that the loader's own code is damaged */

    if (!is_unpacked)
        is_unpacked = gzip_unpack(packed_font, packed_font_size, glyphs, &ignored);
    return glyphs[font_index(code_point)];
}
