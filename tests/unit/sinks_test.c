/* SPDX-License-Identifier: MIT */
/* Where the fault screen's lines go. */
#include "handover/sinks.h"

#include <string.h>

#include "console/serial.h"
#include "fake_ports.h"
#include "support.h"

enum { COLUMNS = 10, ROWS = 5, WIDTH = COLUMNS * FONT_WIDTH, HEIGHT = ROWS * FONT_HEIGHT };

static uint32_t pixels[HEIGHT][WIDTH];
static struct resident resident;

static int start(void **state)
{
    (void)state;
    memset(&ports, 0, sizeof(ports));
    ports.has_uart = ports.has_debugcon = true;
    memset(pixels, 0, sizeof(pixels));
    resident = (struct resident){
        .serial_port = SERIAL_COM1,
        .screen_kind = SCREEN_IS_FRAMEBUFFER,
        .screen = (uintptr_t)pixels,
        .framebuffer = {.width = WIDTH,
                        .height = HEIGHT,
                        .pitch = WIDTH * 4,
                        .bits_per_pixel = 32,
                        .red_shift = 16,
                        .green_shift = 8,
                        .red_bits = 8,
                        .green_bits = 8,
                        .blue_bits = 8},
    };
    return 0;
}

static bool has_text(unsigned row)
{
    for (unsigned y = row * FONT_HEIGHT; y < (row + 1) * FONT_HEIGHT; y++)
        for (unsigned x = 0; x < WIDTH; x++)
            if (pixels[y][x] == 0xffffff)
                return true;
    return false;
}

static void assert_rows(const char *expected)
{
    for (unsigned row = 0; row < ROWS; row++)
        if (has_text(row) != (expected[row] == 'x'))
            fail_msg("row %u", row);
}

static void the_ports_get_every_line(void **state)
{
    struct sinks sinks = sinks_on_ports(&resident);

    (void)state;
    show(&sinks, "vector %lu\n", 14UL);
    assert_int_equal(ports.debug_length, 10);
    assert_memory_equal(ports.debug, "vector 14\n", 10);
    assert_int_equal(ports.sent_length, 11);
    assert_memory_equal(ports.sent, "vector 14\r\n", 11);
    assert_int_equal(pixels[0][0], 0);
}

static void a_long_line_is_cut(void **state)
{
    struct sinks sinks = sinks_on_ports(&resident);
    char name[2 * SINKS_LINE_MAX];

    (void)state;
    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    show(&sinks, "at %s\n", name);
    assert_int_equal(ports.debug_length, SINKS_LINE_MAX - 1);
    assert_int_equal(ports.debug[SINKS_LINE_MAX - 2], '\n');
}

static void the_screen_is_cleared(void **state)
{
    (void)state;
    sinks_on_screen(&resident);
    assert_int_equal(pixels[0][0], 0x7f1d1d);
    assert_int_equal(pixels[HEIGHT - 1][WIDTH - 1], 0x7f1d1d);
    assert_int_equal(ports.debug_length, 0);
}

/* The last row stays free, for a line end there would scroll. */
static void what_comes_last_is_left_out(void **state)
{
    struct sinks sinks = sinks_on_screen(&resident);

    (void)state;
    show(&sinks, "1111111111\n");
    show(&sinks, "2222222222222\n");
    assert_rows("xxx  ");
    show(&sinks, "444444444444\n"); /* two rows, and there is one */
    show(&sinks, "55\n");
    assert_rows("xxx  ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_ports_get_every_line, start),
        cmocka_unit_test_setup(a_long_line_is_cut, start),
        cmocka_unit_test_setup(the_screen_is_cleared, start),
        cmocka_unit_test_setup(what_comes_last_is_left_out, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
