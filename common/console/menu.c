/* SPDX-License-Identifier: MIT */
#include "console/menu.h"

#include "base/print.h"
#include "base/string.h"
#include "base/units.h"

/* Rows and columns of the canvas. */
enum {
    LEFT = 2,
    RIGHT = CANVAS_COLUMNS - 2,
    HEADING_ROW = 1,
    MESSAGE_ROW = 3, /* the list begins here when there is no message */
    MESSAGE_ROWS_MAX = 8,
    LIST_END = 19, /* the row behind the list */
    STATUS_ROW = 20,
    EDITOR_ROW = 21,
    HELP_ROW = 22,

    TITLE = LEFT + 4, /* behind the number */
    NUMBERED = 9,     /* entries that have a key of their own */
};

const char *menu_action_title(enum menu_action action)
{
    return action == MENU_FIRMWARE_SETUP ? "Firmware setup"
           : action == MENU_REBOOT       ? "Reboot"
                                         : "Power off";
}

static uint32_t first_action(const struct menu *menu)
{
    return menu->spec->has_setup ? MENU_FIRMWARE_SETUP : MENU_REBOOT;
}

static uint32_t item_count(const struct menu *menu)
{
    return menu->spec->entry_count + MENU_POWER_OFF + 1 - first_action(menu);
}

static bool is_entry(const struct menu *menu, uint32_t item)
{
    return item < menu->spec->entry_count;
}

enum menu_action menu_action(const struct menu *menu)
{
    if (is_entry(menu, menu->selected))
        return MENU_BOOT;
    return (enum menu_action)(menu->selected - menu->spec->entry_count + first_action(menu));
}

/* An empty line stands between the entries and the actions. */
static uint32_t line_of(const struct menu *menu, uint32_t item)
{
    return is_entry(menu, item) ? item : item + 1;
}

static uint32_t list_row(const struct menu *menu)
{
    return MESSAGE_ROW + (menu->message_rows > 0 ? menu->message_rows + 1 : 0);
}

static void choose(struct menu *menu, uint32_t item)
{
    uint32_t rows = LIST_END - list_row(menu), line = line_of(menu, item);

    menu->selected = item;
    if (line < menu->top)
        menu->top = line;
    if (line >= menu->top + rows)
        menu->top = line - rows + 1;
}

/*
 * Draws the message, or with canvas NULL only says how many rows it takes: lines that are too long
 * go on in the next row, at a space if there is one.
 */
static uint32_t lay_out_message(const char *text, struct canvas *canvas)
{
    uint32_t row = 0;

    while (text != NULL && *text != '\0' && row < MESSAGE_ROWS_MAX) {
        char line[RIGHT - LEFT + 1];
        size_t length = 0, last_space = 0;

        for (; length < sizeof(line) - 1 && text[length] != '\0' && text[length] != '\n'; length++)
            if (text[length] == ' ' && length > 0 && text[length - 1] != ' ')
                last_space = length;
        if (text[length] != '\0' && text[length] != '\n' && text[length] != ' ' && last_space > 0)
            length = last_space;
        while (length > 0 && ((uint8_t)text[length] & 0xc0) == 0x80)
            length--; /* not within a character */
        memcpy(line, text, length);
        line[length] = '\0';
        if (canvas != NULL)
            canvas_put(canvas, MESSAGE_ROW + row, LEFT, RIGHT, row == 0 ? STYLE_ERROR : STYLE_PLAIN,
                       line);
        text += length;
        if (*text == '\n' || *text == ' ')
            text++;
        row++;
    }
    return row;
}

void menu_start(struct menu *menu, const struct menu_spec *spec)
{
    menu->spec = spec;
    menu->top = 0;
    menu->message_rows = lay_out_message(spec->message, NULL);
    menu->seconds_left = spec->timeout;
    menu->notice = NULL;
    menu->is_editing = false;
    choose(menu, spec->first_choice);
}

static void start_editor(struct menu *menu)
{
    const struct menu_spec *spec = menu->spec;
    size_t length;

    if (!is_entry(menu, menu->selected))
        return;
    menu->notice = spec->no_editor;
    if (menu->notice != NULL)
        return;
    length = spec->options(spec->context, menu->selected, NULL);
    if (length >= LINE_EDITOR_MAX) {
        menu->notice = "The options are too long to edit here.";
        return;
    }
    spec->options(spec->context, menu->selected, menu->editor.text);
    line_editor_start(&menu->editor, length);
    menu->is_editing = true;
}

static bool edit(struct menu *menu, const struct key *key)
{
    if (key->code == KEY_ENTER)
        return true;
    if (key->code == KEY_ESCAPE)
        menu->is_editing = false;
    line_editor_key(&menu->editor, key);
    return false;
}

static void take_character(struct menu *menu, uint32_t character)
{
    uint32_t entry = character - '1';

    if (character == 'e' || character == 'E')
        start_editor(menu);
    else if (character >= '1' && entry < minimum(menu->spec->entry_count, NUMBERED))
        choose(menu, entry);
}

bool menu_key(struct menu *menu, const struct key *key)
{
    uint32_t last = item_count(menu) - 1, page = LIST_END - list_row(menu) - 1;

    if (key->code == KEY_OTHER) /* perhaps noise on a serial line: no reason to wait for ever */
        return false;
    menu->seconds_left = MENU_WAITS;
    menu->notice = NULL;
    if (menu->is_editing)
        return edit(menu, key);
    switch (key->code) {
    case KEY_ENTER:
        return true;
    case KEY_UP:
        choose(menu, menu->selected > 0 ? menu->selected - 1 : last);
        break;
    case KEY_DOWN:
        choose(menu, menu->selected < last ? menu->selected + 1 : 0);
        break;
    case KEY_HOME:
        choose(menu, 0);
        break;
    case KEY_END:
        choose(menu, last);
        break;
    case KEY_PAGE_UP:
        choose(menu, menu->selected - (uint32_t)minimum(menu->selected, page));
        break;
    case KEY_PAGE_DOWN:
        choose(menu, (uint32_t)minimum(menu->selected + page, last));
        break;
    case KEY_CHARACTER:
        take_character(menu, key->character);
        break;
    default:
        break;
    }
    return false;
}

bool menu_second(struct menu *menu)
{
    if (menu->seconds_left == MENU_WAITS)
        return false;
    menu->seconds_left -= menu->seconds_left > 0;
    return menu->seconds_left == 0;
}

/* ---- What it looks like ---- */

static void draw_item(const struct menu *menu, struct canvas *canvas, uint32_t row, uint32_t item)
{
    const struct menu_spec *spec = menu->spec;
    enum style style = item == menu->selected ? STYLE_SELECTED : STYLE_PLAIN;
    const char *title;

    canvas_fill(canvas, row, LEFT, RIGHT, style);
    if (is_entry(menu, item)) {
        title = spec->title(spec->context, item);
        if (item < NUMBERED)
            canvas->cells[row][LEFT + 1] = cell_of('1' + item, style);
    } else {
        title = menu_action_title(item - spec->entry_count + first_action(menu));
    }
    canvas_put(canvas, row, TITLE, RIGHT - 1, style, title);
}

/* Returns the column behind it. */
static uint32_t put(struct canvas *canvas, uint32_t row, enum style style, const char *text)
{
    return canvas_put(canvas, row, LEFT, RIGHT, style, text);
}

/* How much of the list lies out of sight. */
static void draw_hidden(struct canvas *canvas, uint32_t row, uint32_t count, const char *where)
{
    char text[32];

    if (count == 0)
        return;
    print_text(text, sizeof(text), "%u more %s", count, where);
    canvas_put(canvas, row, TITLE, RIGHT, STYLE_FAINT, text);
}

static void draw_list(const struct menu *menu, struct canvas *canvas)
{
    uint32_t row = list_row(menu), lines = item_count(menu) + 1;
    uint32_t end = (uint32_t)minimum(lines, menu->top + LIST_END - row);

    draw_hidden(canvas, row - 1, menu->top, "above");
    draw_hidden(canvas, LIST_END, lines - end, "below");
    for (uint32_t item = 0; item < item_count(menu); item++) {
        uint32_t line = line_of(menu, item);

        if (line >= menu->top && line < end)
            draw_item(menu, canvas, row + line - menu->top, item);
    }
}

static void draw_countdown(const struct menu *menu, struct canvas *canvas)
{
    char end[48];
    uint32_t column = put(canvas, STATUS_ROW, STYLE_PLAIN, "Booting ");
    uint32_t length =
        (uint32_t)print_text(end, sizeof(end), " in %u s, any key stops it", menu->seconds_left);

    column = canvas_put(canvas, STATUS_ROW, column, RIGHT - length, STYLE_BOLD,
                        menu->spec->title(menu->spec->context, menu->selected));
    canvas_put(canvas, STATUS_ROW, column, RIGHT, STYLE_PLAIN, end);
}

static void draw_editor(const struct menu *menu, struct canvas *canvas)
{
    put(canvas, STATUS_ROW, STYLE_BOLD, "Options for this boot:");
    line_editor_draw(&menu->editor, canvas, EDITOR_ROW, LEFT, RIGHT);
    put(canvas, HELP_ROW, STYLE_FAINT, "Enter: boot   Esc: give up   Ctrl-U: clear");
}

void menu_draw(const struct menu *menu, struct canvas *canvas)
{
    canvas_clear(canvas);
    put(canvas, HEADING_ROW, STYLE_BOLD, menu->spec->heading);
    lay_out_message(menu->spec->message, canvas);
    draw_list(menu, canvas);
    if (menu->is_editing)
        return draw_editor(menu, canvas);
    if (menu->notice != NULL)
        put(canvas, STATUS_ROW, STYLE_PLAIN, menu->notice);
    else if (menu->seconds_left != MENU_WAITS)
        draw_countdown(menu, canvas);
    uint32_t column = put(canvas, HELP_ROW, STYLE_FAINT, "Up, Down, 1-9: choose   Enter: boot");
    if (menu->spec->no_editor == NULL)
        canvas_put(canvas, HELP_ROW, column, RIGHT, STYLE_FAINT, "   E: edit the options");
}
