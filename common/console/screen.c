/* SPDX-License-Identifier: MIT */
#include "console/screen.h"

#include "base/string.h"
#include "base/units.h"
#include "console/font.h"

enum {
    SCALE_MAX = 3,
    LINES_FOR_DOUBLE_SIZE = 1600, /* 8x16 cannot be read on such a screen */
    LINES_FOR_TRIPLE_SIZE = 2000,
    BYTES_PER_PIXEL_MAX = 4,
    TAB_WIDTH = 8,
};

static uint32_t channel(uint32_t eight_bits, uint64_t bits, uint64_t shift)
{
    uint32_t value = bits <= 8 ? eight_bits >> (8 - bits) : eight_bits << (bits - 8);

    return value << shift;
}

static uint32_t pixel_of(const struct screen *screen, uint32_t rgb)
{
    const struct bowline_framebuffer *format = &screen->format;

    return channel(rgb >> 16 & 0xff, format->red_bits, format->red_shift) |
           channel(rgb >> 8 & 0xff, format->green_bits, format->green_shift) |
           channel(rgb & 0xff, format->blue_bits, format->blue_shift);
}

void screen_set_colours(struct screen *screen, uint32_t foreground_rgb, uint32_t background_rgb)
{
    screen->foreground = pixel_of(screen, foreground_rgb);
    screen->background = pixel_of(screen, background_rgb);
}

void screen_start(struct screen *screen, const struct bowline_framebuffer *framebuffer,
                  void *pixels)
{
    uint32_t scale = 1 + (framebuffer->height >= LINES_FOR_DOUBLE_SIZE) +
                     (framebuffer->height >= LINES_FOR_TRIPLE_SIZE);

    screen->pixels = pixels;
    screen->format = *framebuffer;
    screen->bytes_per_pixel =
        (uint32_t)minimum((framebuffer->bits_per_pixel + 7) / 8, BYTES_PER_PIXEL_MAX);
    screen->scale = scale;
    screen->columns = (uint32_t)(framebuffer->width / (FONT_WIDTH * scale));
    screen->rows = (uint32_t)(framebuffer->height / (FONT_HEIGHT * scale));
    screen->column = 0;
    screen->row = 0;
    screen_set_colours(screen, 0xffffff, 0x000000);
}

static uint8_t *line_at(const struct screen *screen, uint64_t y)
{
    return screen->pixels + y * screen->format.pitch;
}

static uint8_t *put_pixel(uint8_t *to, uint32_t pixel, uint32_t bytes_per_pixel)
{
    for (; bytes_per_pixel > 0; bytes_per_pixel--, pixel >>= 8)
        *to++ = (uint8_t)pixel;
    return to;
}

/* Device memory is slow to reach: lines are composed here and copied there. */
static void fill_lines(const struct screen *screen, uint64_t first, uint64_t count)
{
    uint8_t pattern[64 * BYTES_PER_PIXEL_MAX];
    uint64_t line_bytes = screen->format.width * screen->bytes_per_pixel;
    uint64_t pattern_bytes = (uint64_t)64 * screen->bytes_per_pixel;
    uint8_t *to = pattern;

    for (int i = 0; i < 64; i++)
        to = put_pixel(to, screen->background, screen->bytes_per_pixel);
    for (uint64_t y = first; y < first + count; y++)
        for (uint64_t x = 0; x < line_bytes; x += pattern_bytes)
            memcpy(line_at(screen, y) + x, pattern, minimum(pattern_bytes, line_bytes - x));
}

void screen_clear(struct screen *screen)
{
    fill_lines(screen, 0, screen->format.height);
    screen->column = 0;
    screen->row = 0;
}

static void scroll(struct screen *screen)
{
    uint64_t cell = (uint64_t)FONT_HEIGHT * screen->scale;
    uint64_t kept = (screen->rows - 1) * cell;
    uint64_t line_bytes = screen->format.width * screen->bytes_per_pixel;

    for (uint64_t y = 0; y < kept; y++)
        memcpy(line_at(screen, y), line_at(screen, y + cell), line_bytes);
    fill_lines(screen, kept, cell);
}

static void start_line(struct screen *screen)
{
    screen->column = 0;
    if (screen->row + 1 < screen->rows)
        screen->row++;
    else
        scroll(screen);
}

void screen_put(const struct screen *screen, uint32_t column, uint32_t row, uint32_t code_point)
{
    const uint8_t *glyph = font_glyph(code_point);
    uint64_t x = (uint64_t)column * FONT_WIDTH * screen->scale * screen->bytes_per_pixel;
    uint64_t y = (uint64_t)row * FONT_HEIGHT * screen->scale;

    if (column >= screen->columns || row >= screen->rows)
        return;

    for (uint32_t line = 0; line < FONT_HEIGHT * screen->scale; line++) {
        uint8_t pixels[FONT_WIDTH * SCALE_MAX * BYTES_PER_PIXEL_MAX];
        uint8_t bits = glyph[line / screen->scale];
        uint8_t *to = pixels;

        for (uint32_t bit = 0; bit < FONT_WIDTH * screen->scale; bit++) {
            bool is_set = bits & 0x80 >> bit / screen->scale;

            to = put_pixel(to, is_set ? screen->foreground : screen->background,
                           screen->bytes_per_pixel);
        }
        memcpy(line_at(screen, y + line) + x, pixels, (size_t)(to - pixels));
    }
}

static void put(struct screen *screen, char character)
{
    uint8_t byte = (uint8_t)character;

    if (byte == '\n') {
        start_line(screen);
    } else if (byte == '\r') {
        screen->column = 0;
    } else if (byte == '\t') {
        for (uint32_t spaces = TAB_WIDTH - screen->column % TAB_WIDTH; spaces > 0; spaces--)
            put(screen, ' ');
    } else if ((byte & 0xc0) != 0x80) { /* what follows the first byte in UTF-8 has no cell */
        if (screen->column == screen->columns)
            start_line(screen);
        screen_put(screen, screen->column, screen->row, byte);
        screen->column++;
    }
}

void screen_write(struct screen *screen, const char *text, size_t length)
{
    if (screen->columns == 0 || screen->rows == 0)
        return;
    for (; length > 0; length--)
        put(screen, *text++);
}
