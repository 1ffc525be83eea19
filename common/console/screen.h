/* SPDX-License-Identifier: MIT */
/*
 * Text on a framebuffer: 8x16 cells, twice as large on screens of 1600 lines or more and three
 * times from 2000 on, white on black unless told otherwise, scrolling at the bottom. ASCII;
 * anything else shows as a replacement glyph.
 */
#pragma once

#include <bowline.h>
#include <stddef.h>

struct screen {
    uint8_t *pixels;
    struct bowline_framebuffer format; /* its size, pitch and colours count here */
    uint32_t bytes_per_pixel;
    uint32_t scale;
    uint32_t columns, rows;
    uint32_t column, row;            /* cursor */
    uint32_t foreground, background; /* pixel values */
};

/*
 * `pixels` is where the framebuffer can be written now: pitch * height bytes. What it shows is left
 * as it is. A screen smaller than a character stays empty.
 */
void screen_start(struct screen *screen, const struct bowline_framebuffer *framebuffer,
                  void *pixels);

/* 0xRRGGBB, for what is written from now on. */
void screen_set_colours(struct screen *screen, uint32_t foreground_rgb, uint32_t background_rgb);
void screen_clear(struct screen *screen);

/* '\n' starts a line, '\r' goes back to its beginning, '\t' to the next multiple of 8. */
void screen_write(struct screen *screen, const char *text, size_t length);

/* One character at a place of its own, which may lie outside: then nothing happens. */
void screen_put(const struct screen *screen, uint32_t column, uint32_t row, uint32_t code_point);
