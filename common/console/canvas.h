/* SPDX-License-Identifier: MIT */
/*
 * A drawing made of characters, of one size for screens and terminals alike. What shows it is in
 * display.h.
 */
#pragma once

#include <stdint.h>

enum { CANVAS_COLUMNS = 80, CANVAS_ROWS = 24 };

enum style { STYLE_PLAIN, STYLE_BOLD, STYLE_SELECTED, STYLE_FAINT, STYLE_ERROR, STYLES };

struct canvas {
    /* A character and its style; character 0: the second half of a wide one. */
    uint32_t cells[CANVAS_ROWS][CANVAS_COLUMNS];
};

static inline uint32_t cell_of(uint32_t character, enum style style)
{
    return character | (uint32_t)style << 24;
}

static inline uint32_t cell_character(uint32_t cell)
{
    return cell & 0xffffff;
}

static inline enum style cell_style(uint32_t cell)
{
    return (enum style)(cell >> 24);
}

/* How many columns of a terminal a character takes: 0, 1 or 2. */
uint32_t character_width(uint32_t character);

void canvas_clear(struct canvas *canvas);

/*
 * Writes UTF-8, cut off before column `end`; returns the column behind it. What takes no column of
 * its own is left out; what cannot be shown is a '?'.
 */
uint32_t canvas_put(struct canvas *canvas, uint32_t row, uint32_t column, uint32_t end,
                    enum style style, const char *text);

/* Spaces up to column `end`. */
void canvas_fill(struct canvas *canvas, uint32_t row, uint32_t column, uint32_t end,
                 enum style style);
