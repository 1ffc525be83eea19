/* SPDX-License-Identifier: MIT */
#include "console/display.h"

#include "base/print.h"
#include "base/string.h"
#include "base/utf8.h"
#include "console/log.h"
#include "console/screen.h"
#include "console/serial.h"
#include "firmware/console.h"
#include "firmware/video.h"

static const struct {
    uint32_t foreground, background; /* 0xRRGGBB */
    uint8_t attribute;               /* of the firmware's text screen */
    const char *terminal;            /* ECMA-48, 8.3.117 */
} looks[STYLES] = {
    [STYLE_PLAIN] = {0xc8c8c8, 0x000000, 0x07, "0"},
    [STYLE_BOLD] = {0xffffff, 0x000000, 0x0f, "0;1"},
    [STYLE_SELECTED] = {0xffffff, 0x27568f, 0x1f, "0;7"},
    [STYLE_FAINT] = {0x8c8c8c, 0x000000, 0x07, "0"},
    [STYLE_ERROR] = {0xff9b8e, 0x000000, 0x0c, "0;1"},
};

static struct screen screen; /* without columns: the firmware's text screen is used */
static uint32_t left, top;   /* of the canvas on it */

static void write_terminal(const char *text)
{
    if (log_serial_port() != 0)
        serial_write(log_serial_port(), text, strlen(text));
}

static void empty_screen(bool shows_cursor)
{
    if (screen.columns > 0)
        screen_clear(&screen);
    else
        firmware_clear_text(shows_cursor);
}

static uint32_t margin(uint32_t room, uint32_t size)
{
    return room > size ? (room - size) / 2 : 0;
}

void display_open(struct canvas *shown)
{
    struct bowline_framebuffer framebuffer;
    void *pixels = NULL;

    log_lend_consoles(true);
    screen.columns = 0;
    if (firmware_current_framebuffer(&framebuffer))
        pixels = firmware_framebuffer_memory(&framebuffer);
    if (pixels != NULL) {
        screen_start(&screen, &framebuffer, pixels);
        left = margin(screen.columns, CANVAS_COLUMNS);
        top = margin(screen.rows, CANVAS_ROWS);
    }
    empty_screen(false);
    /* Without a cursor, which would jump about. */
    write_terminal("\33[0m\33[2J\33[?25l");
    canvas_clear(shown);
}

void display_close(void)
{
    empty_screen(true);
    write_terminal("\33[0m\33[2J\33[H\33[?25h");
    log_lend_consoles(false);
}

/* Cells [column, end) of one row, all of one style. */
struct run {
    uint32_t row, column, end;
    const uint32_t *cells; /* of the row */
    enum style style;
};

static void draw_pixels(const struct run *run)
{
    screen_set_colours(&screen, looks[run->style].foreground, looks[run->style].background);
    for (uint32_t column = run->column; column < run->end; column++) {
        uint32_t character = cell_character(run->cells[column]);

        screen_put(&screen, left + column, top + run->row, character != 0 ? character : ' ');
    }
}

static void draw_text(const struct run *run)
{
    char text[CANVAS_COLUMNS];

    for (uint32_t column = run->column; column < run->end; column++) {
        uint32_t character = cell_character(run->cells[column]);

        text[column] = (char)(character == 0 ? ' ' : character < 0x7f ? character : '?');
    }
    firmware_draw_text(run->column, run->row, looks[run->style].attribute, text + run->column,
                       run->end - run->column);
}

/*
 * At a place of its own, in a style of its own: firmware whose text screen is a terminal at the
 * same port can draw in between.
 */
static void draw_terminal(const struct run *run)
{
    char text[32 + CANVAS_COLUMNS * 4];
    char *to = text + print_text(text, sizeof(text), "\33[%u;%uH\33[%sm", run->row + 1,
                                 run->column + 1, looks[run->style].terminal);

    for (uint32_t column = run->column; column < run->end; column++)
        if (cell_character(run->cells[column]) != 0)
            to = utf8_put(to, cell_character(run->cells[column]));
    memcpy(to, "\33[0m", sizeof("\33[0m"));
    write_terminal(text);
}

static void draw(const struct run *run)
{
    if (screen.columns > 0)
        draw_pixels(run);
    else
        draw_text(run);
    draw_terminal(run);
}

/* A terminal may have its own mind of how wide such a character is. */
static bool has_doubtful_width(uint32_t cell)
{
    return cell_character(cell) >= 0x7f;
}

static uint32_t end_of_run(const uint32_t *wanted, const uint32_t *shown, uint32_t column)
{
    enum style style = cell_style(wanted[column]);
    bool is_doubtful;

    do {
        is_doubtful = has_doubtful_width(wanted[column]);
        column++;
    } while (
        column < CANVAS_COLUMNS && cell_style(wanted[column]) == style &&
        (cell_character(wanted[column]) == 0 || (wanted[column] != shown[column] && !is_doubtful)));
    return column;
}

void display_update(const struct canvas *wanted, struct canvas *shown)
{
    for (uint32_t row = 0; row < CANVAS_ROWS; row++) {
        const uint32_t *cells = wanted->cells[row];
        uint32_t column = 0;

        while (column < CANVAS_COLUMNS) {
            uint32_t end = column + 1;

            if (cells[column] != shown->cells[row][column]) {
                end = end_of_run(cells, shown->cells[row], column);
                draw(&(struct run){row, column, end, cells, cell_style(cells[column])});
            }
            column = end;
        }
    }
    memcpy(shown, wanted, sizeof(*shown));
}
