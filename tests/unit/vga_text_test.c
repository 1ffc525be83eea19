/* SPDX-License-Identifier: MIT */
#include "console/vga_text.h"

#include <string.h>

#include "base/units.h"

#include "support.h"

enum { CELLS = VGA_TEXT_COLUMNS * VGA_TEXT_ROWS, GUARD = 0x55aa };

static uint16_t cells[CELLS + 80];
static struct vga_text text;

static int start(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cells); i++)
        cells[i] = GUARD;
    vga_text_start(&text, cells, VGA_TEXT_WHITE_ON_RED);
    return 0;
}

static void write_text(const char *characters)
{
    vga_text_write(&text, characters, strlen(characters));
}

static void assert_row(unsigned row, const char *expected)
{
    const uint16_t *cell = cells + row * VGA_TEXT_COLUMNS;

    for (unsigned i = 0; i < VGA_TEXT_COLUMNS; i++) {
        char character = i < strlen(expected) ? expected[i] : ' ';

        assert_int_equal(cell[i], 0x4f00 | (uint8_t)character);
    }
}

static void the_screen_is_cleared(void **state)
{
    (void)state;
    for (unsigned row = 0; row < VGA_TEXT_ROWS; row++)
        assert_row(row, "");
    assert_int_equal(cells[CELLS], GUARD);
}

static void lines_begin_where_they_should(void **state)
{
    char long_line[VGA_TEXT_COLUMNS + 3];
    (void)state;

    memset(long_line, 'x', sizeof(long_line) - 1);
    long_line[sizeof(long_line) - 1] = '\0';
    write_text("one\n\n");
    write_text(long_line);
    write_text("\n");
    long_line[VGA_TEXT_COLUMNS] = '\0';
    write_text(long_line); /* fills its row, and the line end is still to come */
    write_text("\ntwo\x80");
    assert_row(0, "one");
    assert_row(1, "");
    assert_row(2, long_line);
    assert_row(3, "xx");
    assert_row(4, long_line);
    assert_row(5, "two\x80");
}

static void what_does_not_fit_is_dropped(void **state)
{
    (void)state;
    for (unsigned i = 0; i < VGA_TEXT_ROWS; i++)
        write_text("row\n");
    write_text("one too many\n");
    assert_row(0, "row");
    assert_row(VGA_TEXT_ROWS - 1, "row");
    start(NULL);
    for (unsigned i = 0; i < CELLS + 10; i++)
        write_text("y");
    assert_int_equal(cells[CELLS - 1], 0x4f00 | 'y');
    assert_int_equal(cells[CELLS], GUARD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_screen_is_cleared, start),
        cmocka_unit_test_setup(lines_begin_where_they_should, start),
        cmocka_unit_test_setup(what_does_not_fit_is_dropped, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
