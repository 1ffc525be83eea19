/* SPDX-License-Identifier: MIT */
#include "console/canvas.h"

#include <stddef.h>

#include "base/units.h"
#include "base/utf8.h"

/*
 * Unicode in short: combining marks, and from the first ideographs on what terminals show wide. Who
 * names an entry otherwise finds columns out of place in its line on a terminal, no more.
 */
uint32_t character_width(uint32_t character)
{
    if (character >= 0x300 && character < 0x370)
        return 0;
    return character < 0x2e80 ? 1 : 2;
}

void canvas_fill(struct canvas *canvas, uint32_t row, uint32_t column, uint32_t end,
                 enum style style)
{
    for (; column < end; column++)
        canvas->cells[row][column] = cell_of(' ', style);
}

void canvas_clear(struct canvas *canvas)
{
    for (uint32_t row = 0; row < CANVAS_ROWS; row++)
        canvas_fill(canvas, row, 0, CANVAS_COLUMNS, STYLE_PLAIN);
}

uint32_t canvas_put(struct canvas *canvas, uint32_t row, uint32_t column, uint32_t end,
                    enum style style, const char *text)
{
    while (*text != '\0') {
        uint32_t character;
        size_t length = utf8_decode(text, &character);

        if (length == 0 || character < ' ' || (character >= 0x7f && character < 0xa0)) {
            character = '?';
            length = maximum(length, 1);
        }
        uint32_t width = character_width(character);
        if (column + width > end)
            break;
        if (width > 0)
            canvas->cells[row][column] = cell_of(character, style);
        if (width > 1)
            canvas->cells[row][column + 1] = cell_of(0, style);
        column += width;
        text += length;
    }
    return column;
}
