/* SPDX-License-Identifier: MIT */
#include "format/config.h"

#include "base/string.h"
#include "base/units.h"

enum value_kind {
    VALUE_TEXT, /* whatever it is */
    VALUE_PATH,
    VALUE_PATH_AND_TEXT,
    VALUE_SIZE, /* 1280x800 */
    VALUE_HASH, /* 64 hexadecimal digits */
};

static const struct {
    char name[12];
    enum value_kind value;
} keys[] = {
#define KEY(constant, word, value) [CONFIG_##constant] = {word, value},
#include "format/config_keys.def"
#undef KEY
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
static bool fail_with_text(struct error *error, enum error_code code, struct text text,
                           uint64_t first, uint64_t second)
{
    char detail[48];
    size_t length = minimum(text.length, sizeof(detail) - 1);

    if (length < text.length)
        while (length > 0 && ((uint8_t)text.start[length] & 0xc0) == 0x80)
            length--; /* not within a character */
    memcpy(detail, text.start, length);
    detail[length] = '\0';
    return error_set_with(error, code, detail, (const uint64_t[4]){first, second});
}

static bool fail_at(struct error *error, enum error_code code, struct text text, const char *line,
                    uint32_t number)
{
    return fail_with_text(error, code, text, number, column_of(line, text.start));
}

static bool find_key(struct text word, enum config_key *out)
{
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        if (strlen(keys[i].name) == word.length &&
            memcmp(keys[i].name, word.start, word.length) == 0) {
            *out = (enum config_key)i;
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

/* Digits up to `end` or to something else, which *stop is set to; false: none, or too many. */
static bool read_number(const char *start, const char *end, const char **stop, uint32_t *out)
{
    enum { DIGITS_MAX = 9 };
    const char *digit = start;

    for (*out = 0; digit < end && *digit >= '0' && *digit <= '9'; digit++) {
        if (digit - start == DIGITS_MAX)
            return false;
        *out = *out * 10 + (uint32_t)(*digit - '0');
    }
    *stop = digit;
    return digit > start;
}

static bool read_size(struct text value, struct config_line *out)
{
    const char *end = value.start + value.length, *stop;

    return read_number(value.start, end, &stop, &out->width) && stop < end && *stop == 'x' &&
           read_number(stop + 1, end, &stop, &out->height) && stop == end && out->width > 0 &&
           out->height > 0;
}

/* 16: no digit. */
static unsigned hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return (unsigned)(digit - '0');
    digit |= 'a' - 'A';
    return digit >= 'a' && digit <= 'f' ? (unsigned)(digit - 'a') + 10 : 16;
}

static bool read_hash(struct text value, struct config_line *out)
{
    if (value.length != 2 * sizeof(out->sha256))
        return false;
    for (size_t i = 0; i < sizeof(out->sha256); i++) {
        unsigned high = hex_digit(value.start[2 * i]), low = hex_digit(value.start[2 * i + 1]);

        if (high > 15 || low > 15)
            return false;
        out->sha256[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool read_path(struct config_line *out, const char *line, struct text key,
                      bool has_arguments, struct error *error)
{
    struct text whole = out->value;

    if (!split_path(whole, line, out->line, &out->value, &out->arguments, error))
        return false;
    if (out->value.length == 0)
        return fail_at(error, ERROR_CONFIG_NO_VALUE, key, line, out->line);
    if (!has_arguments && out->arguments.length > 0)
        return fail_at(error, ERROR_CONFIG_TRAILING, out->arguments, line, out->line);
    return true;
}

static bool read_value(struct config_line *out, const char *line, struct text key,
                       struct error *error)
{
    switch (keys[out->key].value) {
    case VALUE_TEXT:
        return true;
    case VALUE_PATH:
    case VALUE_PATH_AND_TEXT:
        return read_path(out, line, key, keys[out->key].value == VALUE_PATH_AND_TEXT, error);
    case VALUE_SIZE:
        return read_size(out->value, out) ||
               fail_at(error, ERROR_CONFIG_NO_SIZE, out->value, line, out->line);
    case VALUE_HASH:
        return read_hash(out->value, out) ||
               fail_at(error, ERROR_CONFIG_NO_HASH, out->value, line, out->line);
    }
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
    if (!read_value(&result, line, word, error))
        return false;
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
        if (text.length > 0 && text.start[0] != '#') {
            if (!read_line(line, end, cursor->line, out, error))
                return false;
            cursor->entries += out->key == CONFIG_ENTRY;
            out->entry = maximum(cursor->entries, 1) - 1;
            out->is_for_all = cursor->entries == 0;
            return true;
        }
    }
    error->code = ERROR_NONE;
    return false;
}

bool config_names_file(const struct config_line *line)
{
    return line->key == CONFIG_KERNEL || line->key == CONFIG_MODULE || line->key == CONFIG_OPTIONAL;
}

/* The next line that can be understood. */
static bool next_good(struct config_cursor *cursor, struct config_line *out)
{
    struct error ignored = {0};

    do {
        if (config_next(cursor, out, &ignored))
            return true;
    } while (ignored.code != ERROR_NONE);
    return false;
}

bool config_default_entry(const char *text, size_t length, uint32_t *entry, struct error *error)
{
    struct config_cursor cursor;
    struct config_line line;
    struct text name = {0};

    config_start(&cursor, text, length);
    while (next_good(&cursor, &line))
        if (line.key == CONFIG_DEFAULT)
            name = line.value;
    *entry = 0;
    if (name.length == 0)
        return true;
    config_start(&cursor, text, length);
    while (next_good(&cursor, &line)) {
        if (line.key == CONFIG_ENTRY && line.value.length == name.length &&
            memcmp(line.value.start, name.start, name.length) == 0) {
            *entry = line.entry;
            return true;
        }
    }
    return fail_with_text(error, ERROR_CONFIG_NO_ENTRY, name, 0, 0);
}

/* As the hash is written, from its beginning. */
static uint64_t first_digits(const uint8_t sha256[SHA256_SIZE])
{
    uint64_t number = 0;

    for (size_t i = 0; i < sizeof(number); i++)
        number = number << 8 | sha256[i];
    return number;
}

bool expected_hash_check(const struct expected_hash *expected, const uint8_t found[SHA256_SIZE],
                         struct error *error)
{
    return !expected->is_known || memcmp(found, expected->sha256, SHA256_SIZE) == 0 ||
           FAIL(error, HASH_DIFFERS, first_digits(found), first_digits(expected->sha256));
}
