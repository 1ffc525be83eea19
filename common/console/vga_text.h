/* SPDX-License-Identifier: MIT */
/* Text in the VGA's text mode 3: 80 x 25 cells, each a character and its attribute. ASCII. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
    VGA_TEXT_PHYS = 0xb8000,
    VGA_TEXT_COLUMNS = 80,
    VGA_TEXT_ROWS = 25,
    VGA_TEXT_WHITE_ON_RED = 0x4f,
};

struct vga_text {
    volatile uint16_t *cells;
    uint8_t attribute;
    uint32_t column, row; /* where the next character goes; row VGA_TEXT_ROWS: the screen is full */
};

/* `cells` is where the mode's memory can be written now. Clears the screen. */
void vga_text_start(struct vga_text *text, volatile uint16_t *cells, uint8_t attribute);

/* '\n' starts a line. Does not scroll: what comes after the last row is dropped. */
void vga_text_write(struct vga_text *text, const char *characters, size_t length);
