/* SPDX-License-Identifier: 0BSD */
#include "canvas.h"

#include "console/font.h"

enum { MARGIN = 24, TITLE_SCALE = 4, PANEL_WIDTH_MIN = 64 * FONT_WIDTH };

static const struct bowline_framebuffer *screen;

void canvas_open(const struct bowline_framebuffer *framebuffer)
{
    screen = framebuffer;
}

int canvas_width(void)
{
    return (int)screen->width;
}

int canvas_height(void)
{
    return (int)screen->height;
}

/* The upper bits of an 8-bit channel, where the framebuffer has them. */
static uint32_t channel(uint32_t value, uint64_t bits, uint64_t shift)
{
    return (bits < 8 ? value >> (8 - bits) : value << (bits - 8)) << shift;
}

void canvas_set_pixel(int x, int y, uint32_t colour)
{
    uint64_t bytes = screen->bits_per_pixel / 8;
    uint32_t value = channel(colour >> 16 & 0xff, screen->red_bits, screen->red_shift) |
                     channel(colour >> 8 & 0xff, screen->green_bits, screen->green_shift) |
                     channel(colour & 0xff, screen->blue_bits, screen->blue_shift);

    if (x < 0 || y < 0 || x >= canvas_width() || y >= canvas_height())
        return;
    uint8_t *pixel = (uint8_t *)screen->address + (uint64_t)y * screen->pitch + (uint64_t)x * bytes;
    if (bytes == 4) {
        *(volatile uint32_t *)pixel = value;
        return;
    }
    for (uint64_t i = 0; i < bytes; i++)
        pixel[i] = (uint8_t)(value >> 8 * i);
}

void canvas_draw_character(int x, int y, int scale, char character, uint32_t colour)
{
    const uint8_t *rows = font_glyph((uint8_t)character);

    for (int row = 0; row < FONT_HEIGHT * scale; row++)
        for (int column = 0; column < FONT_WIDTH * scale; column++)
            if (rows[row / scale] & 0x80 >> column / scale)
                canvas_set_pixel(x + column, y + row, colour);
}

static void draw_text(int x, int y, int scale, const char *text, uint32_t colour)
{
    for (; *text != '\0'; text++, x += FONT_WIDTH * scale)
        canvas_draw_character(x, y, scale, *text, colour);
}

/* Between two colours, `part` of `whole` from the first to the second. */
static uint32_t mix(uint32_t from, uint32_t to, int part, int whole)
{
    uint32_t colour = 0;

    for (int shift = 0; shift < 24; shift += 8) {
        int a = (int)(from >> shift & 0xff), b = (int)(to >> shift & 0xff);
        colour |= (uint32_t)(a + (b - a) * part / whole) << shift;
    }
    return colour;
}

/* The rope hangs down on the left; on a small screen there is room for the text only. */
static int rope_size(void)
{
    int size = canvas_width() - PANEL_WIDTH_MIN - 2 * MARGIN;

    return size < 400 ? 0 : size < canvas_height() ? size : canvas_height();
}

struct canvas_area canvas_panel(void)
{
    int x = rope_size() + MARGIN, y = MARGIN + FONT_HEIGHT * (TITLE_SCALE + 2);

    return (struct canvas_area){x, y, canvas_width() - x - MARGIN, canvas_height() - y - MARGIN};
}

static uint32_t background(int y)
{
    return mix(0x0b1d33, 0x1f6f7d, y, canvas_height());
}

void canvas_clear_panel(void)
{
    struct canvas_area area = canvas_panel();

    for (int y = area.y - 8; y < area.y + area.height + 8; y++)
        for (int x = area.x - 8; x < area.x + area.width + 8; x++)
            canvas_set_pixel(x, y, 0x081420);
}

void canvas_draw_picture(void)
{
    struct canvas_area area = canvas_panel();

    for (int y = 0; y < canvas_height(); y++)
        for (int x = 0; x < canvas_width(); x++)
            canvas_set_pixel(x, y, background(y));
    if (rope_size() > 0)
        canvas_draw_rope(0, 0, rope_size());
    draw_text(area.x - 8, MARGIN, TITLE_SCALE, "Bowline", 0xf4e3b2);
    draw_text(area.x - 8, MARGIN + FONT_HEIGHT * TITLE_SCALE, 1,
              "the knot that ties a boat to its mooring", 0xd3e0ea);
    canvas_clear_panel();
}
