/* SPDX-License-Identifier: MIT */
#include "console/screen.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "console/font.h"
#include "support.h"

/*
 * A framebuffer with guards: GUARD fills the bytes between the end of a line and the next one, and
 * a stretch before and behind the whole.
 */
enum { GUARD = 0xa7, MARGIN = 4096 };

struct canvas {
    struct bowline_framebuffer format;
    struct screen screen;
    uint8_t *memory;
    uint64_t size;
};

static struct bowline_framebuffer format_of(uint64_t width, uint64_t height, uint64_t bits)
{
    struct bowline_framebuffer format = {
        .width = width,
        .height = height,
        .bits_per_pixel = bits,
        .pitch = width * ((bits + 7) / 8) + 12,
        .red_bits = 8,
        .green_bits = 8,
        .blue_bits = 8,
        .red_shift = 16,
        .green_shift = 8,
    };

    if (bits == 16) {
        format.red_bits = 5;
        format.green_bits = 6;
        format.blue_bits = 5;
        format.red_shift = 11;
        format.green_shift = 5;
    }
    return format;
}

static void make_canvas(struct canvas *canvas, uint64_t width, uint64_t height, uint64_t bits)
{
    canvas->format = format_of(width, height, bits);
    canvas->size = canvas->format.pitch * height;
    canvas->memory = malloc(canvas->size + 2 * MARGIN);
    assert_non_null(canvas->memory);
    memset(canvas->memory, GUARD, canvas->size + 2 * MARGIN);
    screen_start(&canvas->screen, &canvas->format, canvas->memory + MARGIN);
}

static void free_canvas(struct canvas *canvas)
{
    uint64_t bytes = canvas->format.width * ((canvas->format.bits_per_pixel + 7) / 8);

    for (uint64_t i = 0; i < MARGIN; i++) {
        assert_int_equal(canvas->memory[i], GUARD);
        assert_int_equal(canvas->memory[MARGIN + canvas->size + i], GUARD);
    }
    for (uint64_t y = 0; y < canvas->format.height; y++)
        for (uint64_t x = bytes; x < canvas->format.pitch; x++)
            assert_int_equal(canvas->memory[MARGIN + y * canvas->format.pitch + x], GUARD);
    free(canvas->memory);
}

static uint32_t pixel(const struct canvas *canvas, uint64_t x, uint64_t y)
{
    uint64_t bytes = (canvas->format.bits_per_pixel + 7) / 8;
    const uint8_t *place = canvas->memory + MARGIN + y * canvas->format.pitch + x * bytes;
    uint32_t value = 0;

    for (uint64_t i = 0; i < bytes; i++)
        value |= (uint32_t)place[i] << 8 * i;
    return value;
}

static void write_text(struct canvas *canvas, const char *text)
{
    screen_write(&canvas->screen, text, strlen(text));
}

/* What a cell shows, pixel by pixel. */
static void assert_cell(const struct canvas *canvas, uint32_t column, uint32_t row,
                        uint32_t code_point)
{
    const uint8_t *glyph = font_glyph(code_point);
    uint32_t scale = canvas->screen.scale;

    for (uint32_t y = 0; y < FONT_HEIGHT * scale; y++) {
        for (uint32_t x = 0; x < FONT_WIDTH * scale; x++) {
            bool is_set = glyph[y / scale] >> (7 - x / scale) & 1;

            assert_int_equal(
                pixel(canvas, column * FONT_WIDTH * scale + x, row * FONT_HEIGHT * scale + y),
                is_set ? canvas->screen.foreground : canvas->screen.background);
        }
    }
}

static void test_font_knows_every_code_point(void **state)
{
    const uint8_t *replacement = font_glyph(0xfffd);
    const uint8_t *first = font_glyph(' '), *end = first + 96 * FONT_HEIGHT;
    static const uint8_t empty[FONT_HEIGHT];

    (void)state;
    for (uint32_t c = 0; c <= 0x110000; c++) {
        const uint8_t *glyph = font_glyph(c);

        assert_true(glyph >= first && glyph + FONT_HEIGHT <= end);
        if (c < 0x20 || c > 0x7e)
            assert_ptr_equal(glyph, replacement);
        else
            assert_ptr_not_equal(glyph, replacement);
        if (c != ' ')
            assert_memory_not_equal(glyph, empty, FONT_HEIGHT);
    }
    assert_ptr_equal(font_glyph(UINT32_MAX), replacement);
    assert_int_equal(font_glyph('_')[0], 0);
    for (int i = 'A'; i <= 'Z'; i++)
        for (int j = i + 1; j <= 'Z'; j++)
            assert_memory_not_equal(font_glyph((uint32_t)i), font_glyph((uint32_t)j), FONT_HEIGHT);
}

static void test_text_in_every_depth(void **state)
{
    static const uint64_t depths[] = {16, 24, 32};
    static const uint32_t reds[] = {0xf800, 0xff0000, 0xff0000};
    static const uint32_t greys[] = {0x8410, 0x808080, 0x808080};
    struct canvas canvas;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(depths); i++) {
        make_canvas(&canvas, 163, 53, depths[i]);
        assert_int_equal(canvas.screen.columns, 20);
        assert_int_equal(canvas.screen.rows, 3);
        screen_set_colours(&canvas.screen, 0xff0000, 0x808080);
        assert_int_equal(canvas.screen.foreground, reds[i]);
        assert_int_equal(canvas.screen.background, greys[i]);
        screen_clear(&canvas.screen);
        for (uint64_t y = 0; y < 53; y++)
            for (uint64_t x = 0; x < 163; x++)
                assert_int_equal(pixel(&canvas, x, y), greys[i]);
        write_text(&canvas, "Bow\nline");
        assert_cell(&canvas, 0, 0, 'B');
        assert_cell(&canvas, 2, 0, 'w');
        assert_cell(&canvas, 3, 0, ' ');
        assert_cell(&canvas, 0, 1, 'l');
        assert_cell(&canvas, 3, 1, 'e');
        free_canvas(&canvas);
    }
}

static void test_wide_channels(void **state)
{
    struct canvas canvas;

    (void)state;
    make_canvas(&canvas, 64, 64, 32);
    canvas.format.red_bits = canvas.format.green_bits = canvas.format.blue_bits = 10;
    canvas.format.red_shift = 20;
    canvas.format.green_shift = 10;
    screen_start(&canvas.screen, &canvas.format, canvas.memory + MARGIN);
    screen_set_colours(&canvas.screen, 0xff8001, 0);
    assert_int_equal(canvas.screen.foreground, 0x3fcu << 20 | 0x200u << 10 | 0x004);
    free_canvas(&canvas);
}

static void test_long_lines_and_scrolling(void **state)
{
    struct canvas canvas;

    (void)state;
    make_canvas(&canvas, 85, 50, 32); /* 10 x 3 cells, with a rest on both sides */
    screen_clear(&canvas.screen);
    write_text(&canvas, "0123456789");
    assert_int_equal(canvas.screen.row, 0); /* a line that just fits does not begin another */
    write_text(&canvas, "\nabcdefghijKLM");
    assert_cell(&canvas, 9, 1, 'j');
    assert_cell(&canvas, 0, 2, 'K');
    assert_cell(&canvas, 3, 2, ' ');
    write_text(&canvas, "\nlast");
    assert_cell(&canvas, 0, 0, 'a');
    assert_cell(&canvas, 2, 1, 'M');
    assert_cell(&canvas, 0, 2, 'l');
    assert_cell(&canvas, 4, 2, ' ');
    for (int i = 0; i < 1000; i++)
        write_text(&canvas, "some text that is longer than one line\n");
    free_canvas(&canvas);
}

static void test_control_characters(void **state)
{
    struct canvas canvas;

    (void)state;
    make_canvas(&canvas, 160, 64, 32);
    screen_clear(&canvas.screen);
    write_text(&canvas, "a\tb\t\tc"); /* columns 0, 8, and past the end of 20 columns */
    assert_cell(&canvas, 0, 0, 'a');
    assert_cell(&canvas, 1, 0, ' ');
    assert_cell(&canvas, 8, 0, 'b');
    write_text(&canvas, "\r\nxy\rz\r\n");
    assert_int_equal(canvas.screen.column, 0);
    free_canvas(&canvas);

    make_canvas(&canvas, 160, 64, 32);
    screen_clear(&canvas.screen);
    write_text(&canvas, "xy\rz\x01\xc3\xa4\xf0\x9f\xaa\xa2|\x7f");
    assert_cell(&canvas, 0, 0, 'z');
    assert_cell(&canvas, 1, 0, 0xfffd); /* \x01 */
    assert_cell(&canvas, 2, 0, 0xfffd); /* one cell for each character of UTF-8 */
    assert_cell(&canvas, 3, 0, 0xfffd);
    assert_cell(&canvas, 4, 0, '|');
    assert_cell(&canvas, 5, 0, 0xfffd);
    free_canvas(&canvas);
}

static void test_large_screens_are_doubled(void **state)
{
    struct canvas canvas;

    (void)state;
    make_canvas(&canvas, 64, 1599, 32);
    assert_int_equal(canvas.screen.scale, 1);
    free_canvas(&canvas);
    make_canvas(&canvas, 200, 1600, 32);
    assert_int_equal(canvas.screen.scale, 2);
    assert_int_equal(canvas.screen.columns, 12);
    assert_int_equal(canvas.screen.rows, 50);
    screen_clear(&canvas.screen);
    write_text(&canvas, "Gg\n@");
    assert_cell(&canvas, 0, 0, 'G');
    assert_cell(&canvas, 1, 0, 'g');
    assert_cell(&canvas, 0, 1, '@');
    free_canvas(&canvas);
    make_canvas(&canvas, 200, 2000, 24);
    assert_int_equal(canvas.screen.scale, 3);
    assert_int_equal(canvas.screen.columns, 8);
    assert_int_equal(canvas.screen.rows, 41);
    screen_clear(&canvas.screen);
    screen_put(&canvas.screen, 7, 40, 'W');
    assert_cell(&canvas, 7, 40, 'W');
    free_canvas(&canvas);
}

static void test_characters_have_places(void **state)
{
    struct canvas canvas;

    (void)state;
    make_canvas(&canvas, 85, 50, 32); /* 10 x 3 cells */
    screen_clear(&canvas.screen);
    screen_put(&canvas.screen, 9, 2, 'x');
    screen_put(&canvas.screen, 10, 2, 'y');
    screen_put(&canvas.screen, 0, 3, 'z');
    assert_cell(&canvas, 9, 2, 'x');
    assert_cell(&canvas, 0, 0, ' ');
    free_canvas(&canvas);
}

static void test_every_small_size(void **state)
{
    struct canvas canvas;

    (void)state;
    for (uint64_t width = 1; width < 40; width += 3) {
        for (uint64_t height = 1; height < 50; height += 5) {
            make_canvas(&canvas, width, height, 16 + width % 3 * 8);
            screen_clear(&canvas.screen);
            write_text(&canvas, "a\tbc\ndef\n\n\nghi\tj\r\n");
            free_canvas(&canvas);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_font_knows_every_code_point),
        cmocka_unit_test(test_text_in_every_depth),
        cmocka_unit_test(test_wide_channels),
        cmocka_unit_test(test_long_lines_and_scrolling),
        cmocka_unit_test(test_control_characters),
        cmocka_unit_test(test_large_screens_are_doubled),
        cmocka_unit_test(test_characters_have_places),
        cmocka_unit_test(test_every_small_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
