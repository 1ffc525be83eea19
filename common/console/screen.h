/* SPDX-License-Identifier: MIT */
/*
 * Text on a framebuffer: 8x16 cells, doubled on screens of 1600 lines or more, white on black
 * unless told otherwise, scrolling at the bottom. ASCII; anything else shows as a replacement glyph.
 */
#pragma once

#include <bowline.h>
#include <stddef.h>

struct screen {
    uint8_t *pixels;
    uint64_t width, height, pitch; /* pixels, pixels, bytes */
    uint32_t bytes_per_pixel;
    uint32_t scale;
    uint32_t columns, rows;
    uint32_t column, row; /* cursor */
    uint32_t foreground, background; /* pixel values */
    struct bowline_framebuffer format;
};

/* `pixels` is where the framebuffer can be written now. The screen is left as it is. */
void screen_start(struct screen *screen, const struct bowline_framebuffer *framebuffer,
                  void *pixels);
void screen_set_colours(struct screen *screen, uint32_t foreground_rgb, uint32_t background_rgb);
void screen_clear(struct screen *screen);
void screen_write(struct screen *screen, const char *text, size_t length);
