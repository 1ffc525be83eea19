/* SPDX-License-Identifier: MIT */
#include "format/config.h"

#include "base/string.h"
#include "base/units.h"

enum value_kind {
    VALUE_TEXT, /* whatever it is */
    VALUE_PATH,
    VALUE_PATH_AND_TEXT,
    VALUE_SIZE,      /* 1280x800 */
    VALUE_HASH,      /* 64 hexadecimal digits */
    VALUE_TIMEOUT,   /* 5, none */
    VALUE_SWITCH,    /* on, off */
    VALUE_PORT,      /* com1 115200, off */
    VALUE_LOG,       /* info screen serial */
    VALUE_SLOT,      /* 10 3 */
    VALUE_CHAINLOAD, /* a path, partition 2 */
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

static bool is_word(struct text text, const char *word)
{
    return text.length == strlen(word) && memcmp(text.start, word, text.length) == 0;
}

/* Takes the first word off *rest; one without characters when nothing is left. */
static struct text take_word(struct text *rest)
{
    const char *end = rest->start + rest->length, *stop = rest->start;
    struct text word = {rest->start, 0};

    while (stop < end && !is_blank(*stop))
        stop++;
    word.length = (size_t)(stop - word.start);
    *rest = trim(stop, end);
    return word;
}

/* A word that is a number up to `most`, and nothing else. */
static bool read_count(struct text word, uint32_t most, uint32_t *out)
{
    const char *end = word.start + word.length, *stop;

    return read_number(word.start, end, &stop, out) && stop == end && *out <= most;
}

static bool read_timeout(struct text value, struct config_line *out)
{
    if (!is_word(value, "none"))
        return read_count(value, CONFIG_WAIT_FOR_EVER - 1, &out->seconds);
    out->seconds = CONFIG_WAIT_FOR_EVER;
    return true;
}

static bool read_switch(struct text value, struct config_line *out)
{
    out->is_on = is_word(value, "on");
    return out->is_on || is_word(value, "off");
}

/* com1 to com4, or a number like 0x3f8. */
static bool read_port_number(struct text word, uint16_t *out)
{
    static const uint16_t standard[] = {0x3f8, 0x2f8, 0x3e8, 0x2e8};
    unsigned number = 0;

    if (word.length == 4 && memcmp(word.start, "com", 3) == 0 && word.start[3] >= '1' &&
        word.start[3] <= '4') {
        *out = standard[word.start[3] - '1'];
        return true;
    }
    if (word.length < 3 || word.length > 6 || memcmp(word.start, "0x", 2) != 0)
        return false;
    for (size_t i = 2; i < word.length; i++) {
        unsigned digit = hex_digit(word.start[i]);

        if (digit > 15)
            return false;
        number = number << 4 | digit;
    }
    *out = (uint16_t)number;
    return number > 0;
}

static bool read_port(struct text value, struct config_line *out)
{
    enum { FASTEST = 115200 };
    struct text rest = value, word = take_word(&rest);

    if (is_word(value, "off"))
        return true;
    out->is_on = true;
    out->speed = FASTEST;
    return read_port_number(word, &out->port) &&
           (rest.length == 0 || (read_count(rest, FASTEST, &out->speed) && out->speed > 0 &&
                                 FASTEST % out->speed == 0));
}

/* The number of a word in a list of words that ends in NULL; false: it is not in it. */
static bool find_word(struct text word, const char *const *list, uint32_t *out)
{
    for (*out = 0; list[*out] != NULL; ++*out)
        if (is_word(word, list[*out]))
            return true;
    return false;
}

static bool read_log(struct text value, struct config_line *out)
{
    static const char *const levels[] = {"error", "warning", "notice", "info", "detail", NULL};
    static const char *const sinks[] = {"screen", "serial", "debugcon", "disk", NULL};
    struct text rest = value;
    uint32_t sink;

    if (!find_word(take_word(&rest), levels, &out->level))
        return false;
    while (rest.length > 0) {
        if (!find_word(take_word(&rest), sinks, &sink))
            return false;
        out->sinks |= 1u << sink;
    }
    if (out->sinks == 0)
        out->sinks = CONFIG_SINKS;
    return true;
}

static bool read_slot(struct text value, struct config_line *out)
{
    enum { ATTEMPTS_MAX = 255 };
    struct text rest = value;

    return read_count(take_word(&rest), UINT32_MAX, &out->priority) &&
           read_count(rest, ATTEMPTS_MAX, &out->attempts) && out->attempts > 0;
}

static bool read_partition(struct text value, struct config_line *out)
{
    struct text rest = value;

    return is_word(take_word(&rest), "partition") &&
           read_count(rest, UINT32_MAX, &out->partition) && out->partition > 0;
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
    enum error_code wrong = ERROR_NONE;

    switch (keys[out->key].value) {
    case VALUE_TEXT:
        return true;
    case VALUE_PATH:
    case VALUE_PATH_AND_TEXT:
        return read_path(out, line, key, keys[out->key].value == VALUE_PATH_AND_TEXT, error);
    case VALUE_SIZE:
        wrong = read_size(out->value, out) ? ERROR_NONE : ERROR_CONFIG_NO_SIZE;
        break;
    case VALUE_HASH:
        wrong = read_hash(out->value, out) ? ERROR_NONE : ERROR_CONFIG_NO_HASH;
        break;
    case VALUE_TIMEOUT:
        wrong = read_timeout(out->value, out) ? ERROR_NONE : ERROR_CONFIG_NO_TIMEOUT;
        break;
    case VALUE_SWITCH:
        wrong = read_switch(out->value, out) ? ERROR_NONE : ERROR_CONFIG_NO_SWITCH;
        break;
    case VALUE_PORT:
        wrong = read_port(out->value, out) ? ERROR_NONE : ERROR_CONFIG_NO_PORT;
        break;
    case VALUE_LOG:
        wrong = read_log(out->value, out) ? ERROR_NONE : ERROR_CONFIG_NO_LOG;
        break;
    case VALUE_SLOT:
        wrong = read_slot(out->value, out) ? ERROR_NONE : ERROR_CONFIG_NO_SLOT;
        break;
    case VALUE_CHAINLOAD:
        if (out->value.start[0] == '/' || out->value.start[0] == '"')
            return read_path(out, line, key, false, error);
        wrong = read_partition(out->value, out) ? ERROR_NONE : ERROR_CONFIG_NO_PARTITION;
        break;
    }
    return wrong == ERROR_NONE || fail_at(error, wrong, out->value, line, out->line);
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
    result.column = (uint32_t)column_of(line, word.start);
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

const char *config_word(enum config_key key)
{
    return keys[key].name;
}

_Static_assert((int)CONFIG_CHAINLOAD < (int)CONFIG_PARTITION, "each key has a place of its own");

unsigned config_place(const struct config_line *line)
{
    switch (line->key) {
    case CONFIG_ENTRY:
    case CONFIG_MODULE:
    case CONFIG_OPTIONAL:
    case CONFIG_SHA256:
        return CONFIG_MANY;
    case CONFIG_RESOLUTION:
        return line->is_for_all ? (unsigned)CONFIG_RESOLUTION_OF_ALL : (unsigned)CONFIG_RESOLUTION;
    case CONFIG_CHAINLOAD:
        return line->partition != 0 ? (unsigned)CONFIG_PARTITION : (unsigned)CONFIG_CHAINLOAD;
    default:
        return line->key;
    }
}

bool config_is_of_loader(unsigned place)
{
    const uint32_t places = 1u << CONFIG_TIMEOUT | 1u << CONFIG_DEFAULT | 1u << CONFIG_EDITOR |
                            1u << CONFIG_SERIAL | 1u << CONFIG_LOG | 1u << CONFIG_RESOLUTION_OF_ALL;

    return places >> place & 1;
}

bool config_names_file(const struct config_line *line)
{
    return line->key == CONFIG_KERNEL || line->key == CONFIG_MODULE ||
           line->key == CONFIG_OPTIONAL || (line->key == CONFIG_CHAINLOAD && line->partition == 0);
}

bool config_next_good(struct config_cursor *cursor, struct config_line *out)
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
    struct config_line wish = {0}; /* the last line `default` */
    struct text name;

    config_start(&cursor, text, length);
    while (config_next_good(&cursor, &line))
        if (line.key == CONFIG_DEFAULT)
            wish = line;
    *entry = 0;
    name = wish.value;
    if (name.length == 0)
        return true;
    config_start(&cursor, text, length);
    while (config_next_good(&cursor, &line)) {
        if (line.key == CONFIG_ENTRY && line.value.length == name.length &&
            memcmp(line.value.start, name.start, name.length) == 0) {
            *entry = line.entry;
            return true;
        }
    }
    return fail_with_text(error, ERROR_CONFIG_NO_ENTRY, name, wish.line, wish.column);
}

static bool fail_without_hash(const struct config_line *named, struct error *error)
{
    return fail_with_text(error, ERROR_SEAL_NO_HASH, named->value, named->line, named->column);
}

bool config_check_hashes(const char *text, size_t length, struct error *error)
{
    struct config_cursor cursor;
    struct config_line line, named = {0};
    bool is_missing = false; /* the hash of `named` */

    config_start(&cursor, text, length);
    for (;;) {
        struct error problem = {0};

        if (!config_next(&cursor, &line, &problem)) {
            if (problem.code == ERROR_NONE || is_missing) /* a hash below is of nothing */
                break;
            continue;
        }
        if (line.key == CONFIG_CHAINLOAD &&
            line.partition != 0) /* whatever it is that lies there */
            return fail_without_hash(&line, error);
        if (line.key == CONFIG_SHA256 && is_missing)
            is_missing = line.entry != named.entry;
        if (!config_names_file(&line))
            continue;
        if (is_missing)
            return fail_without_hash(&named, error);
        named = line;
        is_missing = true;
    }
    return !is_missing || fail_without_hash(&named, error);
}

bool expected_hash_check(const struct expected_hash *expected, const uint8_t found[SHA256_SIZE],
                         struct error *error)
{
    return !expected->is_known || memcmp(found, expected->sha256, SHA256_SIZE) == 0 ||
           FAIL(error, HASH_DIFFERS, sha256_first_digits(found),
                sha256_first_digits(expected->sha256));
}
