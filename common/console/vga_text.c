/* SPDX-License-Identifier: MIT */
#include "console/vga_text.h"

void vga_text_start(struct vga_text *text, volatile uint16_t *cells, uint8_t attribute)
{
    *text = (struct vga_text){.cells = cells, .attribute = attribute};
    for (uint32_t i = 0; i < VGA_TEXT_COLUMNS * VGA_TEXT_ROWS; i++)
        cells[i] = (uint16_t)(attribute << 8 | ' ');
}

static void put(struct vga_text *text, char character)
{
    if (character != '\n' && text->column < VGA_TEXT_COLUMNS) {
        uint32_t cell = text->row * VGA_TEXT_COLUMNS + text->column;

        text->cells[cell] = (uint16_t)(text->attribute << 8 | (uint8_t)character);
        text->column++;
        return;
    }
    text->column = 0;
    text->row++;
    if (character != '\n' && text->row < VGA_TEXT_ROWS)
        put(text, character);
}

void vga_text_write(struct vga_text *text, const char *characters, size_t length)
{
    for (; length > 0 && text->row < VGA_TEXT_ROWS; length--)
        put(text, *characters++);
}
