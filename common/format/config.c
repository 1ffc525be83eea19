/* SPDX-License-Identifier: MIT */
#include "format/config.h"

#include "base/string.h"
#include "base/units.h"

static const struct {
    char name[8];
    enum config_key key;
} keys[] = {
    {"entry", CONFIG_ENTRY},     {"title", CONFIG_TITLE},   {"kernel", CONFIG_KERNEL},
    {"options", CONFIG_OPTIONS}, {"module", CONFIG_MODULE},
};

static bool is_blank(char character)
{
    return character == ' ' || character == '\t';
}

/* Takes the spaces off both ends. */
static struct text trim(const char *start, const char *end)
{
    while (start < end && is_blank(*start))
        start++;
    while (end > start && is_blank(end[-1]))
        end--;
    return (struct text){start, (size_t)(end - start)};
}

/*
 * Bytes of the UTF-8 character that begins at `c`, 0 when it is malformed or a control character
 * (Unicode 15, table 3-7).
 */
static size_t character_length(const uint8_t *c, const uint8_t *end)
{
    size_t length = c[0] < 0x80 ? 1 : c[0] < 0xc2 ? 0 : c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;

    if (length == 1)
        return (c[0] >= 0x20 && c[0] != 0x7f) || c[0] == '\t';
    if (length == 0 || c[0] > 0xf4 || length > (size_t)(end - c))
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((c[i] & 0xc0) != 0x80)
            return 0;
    if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xf0 && c[1] < 0x90))
        return 0; /* longer than it need be */
    if ((c[0] == 0xed && c[1] > 0x9f) || (c[0] == 0xf4 && c[1] > 0x8f))
        return 0; /* a surrogate, or past U+10FFFF */
    return length;
}

/* The column, from 1 and in characters, of a place in a line whose beginning is good text. */
static uint64_t column_of(const char *line, const char *place)
{
    uint64_t column = 1;

    for (; line < place; line++)
        column += ((uint8_t)*line & 0xc0) != 0x80;
    return column;
}

static bool check_characters(const char *line, const char *end, uint32_t number,
                             struct error *error)
{
    const char *place = line;

    while (place < end) {
        size_t length = character_length((const uint8_t *)place, (const uint8_t *)end);

        if (length == 0)
            return FAIL(error, CONFIG_CHARACTER, number, column_of(line, place), (uint8_t)*place);
        place += length;
    }
    return true;
}

/* Fails with `text`, or as much of it as is worth repeating, as the error's detail. */
static bool fail_at(struct error *error, enum error_code code, struct text text, const char *line,
                    uint32_t number)
{
    char detail[48];
    size_t length = minimum(text.length, sizeof(detail) - 1);

    if (length < text.length)
        while (length > 0 && ((uint8_t)text.start[length] & 0xc0) == 0x80)
            length--; /* not within a character */
    memcpy(detail, text.start, length);
    detail[length] = '\0';
    return error_set_with(error, code, detail,
                          (const uint64_t[4]){number, column_of(line, text.start)});
}

static bool find_key(struct text word, enum config_key *out)
{
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        if (strlen(keys[i].name) == word.length &&
            memcmp(keys[i].name, word.start, word.length) == 0) {
            *out = keys[i].key;
            return true;
        }
    }
    return false;
}

/* Splits PATH or "PATH" from what follows it. */
static bool split_path(struct text value, const char *line, uint32_t number, struct text *path,
                       struct text *rest, struct error *error)
{
    const char *end = value.start + value.length;
    const char *stop;

    if (value.start[0] != '"') {
        for (stop = value.start; stop < end && !is_blank(*stop); stop++)
            ;
        *path = (struct text){value.start, (size_t)(stop - value.start)};
        *rest = trim(stop, end);
        return true;
    }
    stop = memchr(value.start + 1, '"', value.length - 1);
    if (stop == NULL)
        return fail_at(error, ERROR_CONFIG_QUOTE, value, line, number);
    if (stop + 1 < end && !is_blank(stop[1]))
        return fail_at(error, ERROR_CONFIG_TRAILING, trim(stop + 1, end), line, number);
    *path = (struct text){value.start + 1, (size_t)(stop - value.start - 1)};
    *rest = trim(stop + 1, end);
    return true;
}

/* Reads a line that is neither empty nor a comment. */
static bool read_line(const char *line, const char *end, uint32_t number, struct config_line *out,
                      struct error *error)
{
    struct config_line result = {.line = number};
    struct text word = trim(line, end);
    const char *stop = word.start;

    if (!check_characters(line, end, number, error))
        return false;
    while (stop < end && !is_blank(*stop))
        stop++;
    word.length = (size_t)(stop - word.start);
    if (!find_key(word, &result.key))
        return fail_at(error, ERROR_CONFIG_UNKNOWN_KEY, word, line, number);

    result.value = trim(stop, end);
    result.arguments = (struct text){end, 0};
    if (result.value.length == 0)
        return fail_at(error, ERROR_CONFIG_NO_VALUE, word, line, number);
    if (result.key == CONFIG_KERNEL || result.key == CONFIG_MODULE) {
        struct text whole = result.value;

        if (!split_path(whole, line, number, &result.value, &result.arguments, error))
            return false;
        if (result.value.length == 0)
            return fail_at(error, ERROR_CONFIG_NO_VALUE, word, line, number);
        if (result.key == CONFIG_KERNEL && result.arguments.length > 0)
            return fail_at(error, ERROR_CONFIG_TRAILING, result.arguments, line, number);
    }
    *out = result;
    return true;
}

void config_start(struct config_cursor *cursor, const char *text, size_t length)
{
    static const char byte_order_mark[] = "\xef\xbb\xbf";

    *cursor = (struct config_cursor){.position = text, .end = text + length};
    if (length >= 3 && memcmp(text, byte_order_mark, 3) == 0)
        cursor->position += 3;
}

bool config_next(struct config_cursor *cursor, struct config_line *out, struct error *error)
{
    while (cursor->position < cursor->end) {
        const char *line = cursor->position;
        size_t left = (size_t)(cursor->end - line);
        const char *newline = memchr(line, '\n', left);
        const char *end = newline != NULL ? newline : cursor->end;
        struct text text;

        cursor->position = newline != NULL ? newline + 1 : cursor->end;
        cursor->line++;
        if (end > line && end[-1] == '\r')
            end--;
        text = trim(line, end);
        if (text.length > 0 && text.start[0] != '#')
            return read_line(line, end, cursor->line, out, error);
    }
    error->code = ERROR_NONE;
    return false;
}
