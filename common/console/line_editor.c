/* SPDX-License-Identifier: MIT */
#include "console/line_editor.h"

#include "base/string.h"
#include "base/utf8.h"

void line_editor_start(struct line_editor *editor, size_t length)
{
    editor->text[length] = '\0';
    editor->length = length;
    editor->cursor = length;
}

static bool is_inside_character(const struct line_editor *editor, size_t place)
{
    return ((uint8_t)editor->text[place] & 0xc0) == 0x80;
}

static size_t next(const struct line_editor *editor, size_t place)
{
    if (place < editor->length)
        place++;
    while (is_inside_character(editor, place))
        place++;
    return place;
}

static size_t previous(const struct line_editor *editor, size_t place)
{
    if (place > 0)
        place--;
    while (place > 0 && is_inside_character(editor, place))
        place--;
    return place;
}

/* With the NUL that ends the text. */
static void cut(struct line_editor *editor, size_t from, size_t to)
{
    memmove(editor->text + from, editor->text + to, editor->length - to + 1);
    editor->length -= to - from;
    editor->cursor = from;
}

static void insert(struct line_editor *editor, uint32_t character)
{
    char bytes[4];
    size_t length = (size_t)(utf8_put(bytes, character) - bytes);
    char *place = editor->text + editor->cursor;

    if (editor->length + length >= LINE_EDITOR_MAX)
        return;
    memmove(place + length, place, editor->length - editor->cursor + 1);
    memcpy(place, bytes, length);
    editor->length += length;
    editor->cursor += length;
}

void line_editor_key(struct line_editor *editor, const struct key *key)
{
    size_t cursor = editor->cursor;

    switch (key->code) {
    case KEY_CHARACTER:
        return insert(editor, key->character);
    case KEY_LEFT:
        editor->cursor = previous(editor, cursor);
        return;
    case KEY_RIGHT:
        editor->cursor = next(editor, cursor);
        return;
    case KEY_HOME:
        editor->cursor = 0;
        return;
    case KEY_END:
        editor->cursor = editor->length;
        return;
    case KEY_DELETE:
        /* Firmware takes the Backspace of many terminals for this key. */
        if (cursor < editor->length)
            return cut(editor, cursor, next(editor, cursor));
        return cut(editor, previous(editor, cursor), cursor);
    case KEY_BACKSPACE:
        return cut(editor, previous(editor, cursor), cursor);
    case KEY_CLEAR:
        return cut(editor, 0, editor->length);
    default:
        return;
    }
}

void line_editor_draw(const struct line_editor *editor, struct canvas *canvas, uint32_t row,
                      uint32_t column, uint32_t end)
{
    size_t first = 0;
    uint32_t width = 1, character; /* of what lies between, and of the cursor */

    for (size_t place = 0; place < editor->cursor; place = next(editor, place)) {
        utf8_decode(editor->text + place, &character);
        width += character_width(character);
        for (; width > end - column; first = next(editor, first)) {
            utf8_decode(editor->text + first, &character);
            width -= character_width(character);
        }
    }
    canvas_put(canvas, row, column, end, STYLE_PLAIN, editor->text + first);
    uint32_t *cell = &canvas->cells[row][column + width - 1];

    *cell = cell_of(cell_character(*cell), STYLE_SELECTED);
}
