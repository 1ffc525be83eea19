/* SPDX-License-Identifier: 0BSD */
/* Drawing on the framebuffer. Coordinates are pixels from the upper left corner, colours 0xRRGGBB.
 */
#pragma once

#include <bowline.h>

void canvas_open(const struct bowline_framebuffer *framebuffer);
int canvas_width(void);
int canvas_height(void);

/* What lies outside of the screen is not drawn. */
void canvas_set_pixel(int x, int y, uint32_t colour);

/* A glyph of 8x16 pixels, each `scale` pixels large, over what is there. */
void canvas_draw_character(int x, int y, int scale, char character, uint32_t colour);

/* The background: the sea, a rope with a bowline in it, and a panel for text. */
void canvas_draw_picture(void);

/* The panel's inside. */
struct canvas_area {
    int x, y, width, height;
};
struct canvas_area canvas_panel(void);
void canvas_clear_panel(void);

/* rope.c: a bowline in the square of `size` pixels at (x, y). */
void canvas_draw_rope(int x, int y, int size);
