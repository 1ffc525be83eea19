/* SPDX-License-Identifier: MIT */
#include "disk/fat_names.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc32.h"
#include "base/units.h"
#include "base/utf8.h"

enum { UNITS_PER_ENTRY = 13, ENTRY_SIZE = 32, ATTRIBUTE_LONG_NAME = 0x0f, LAST_LONG_ENTRY = 0x40 };

static bool take_units(const char *name, struct fat_name *out, struct error *error)
{
    size_t count = 0; /* may run past the limit, so that the message can say by how much */

    for (const char *position = name; *position != '\0';) {
        uint32_t character;
        size_t length = utf8_decode(position, &character);

        if (length == 0 || character < 0x20 || character == 0x7f ||
            (character < 0x80 && strchr("\"*/:<>?\\|", (int)character) != NULL))
            return FAIL_WITH(error, NAME_CHARACTER, name, (uint8_t)*position);
        if (count + 2 <= FAT_NAME_MAX || (count + 1 <= FAT_NAME_MAX && character < 0x10000)) {
            if (character < 0x10000) {
                out->units[count] = (uint16_t)character;
            } else {
                out->units[count] = (uint16_t)(0xd800 + ((character - 0x10000) >> 10));
                out->units[count + 1] = (uint16_t)(0xdc00 + ((character - 0x10000) & 0x3ff));
            }
        }
        count += character < 0x10000 ? 1 : 2;
        position += length;
    }
    if (count == 0 || count > FAT_NAME_MAX)
        return FAIL_WITH(error, NAME_LENGTH, name, count);
    if (out->units[count - 1] == '.' || out->units[count - 1] == ' ')
        return FAIL_WITH(error, NAME_END, name);
    out->length = count;
    return true;
}

/* The name in the alphabet of short names; '_' stands for what that does not have. */
static uint8_t short_character(uint16_t unit)
{
    if (unit >= 'a' && unit <= 'z')
        return (uint8_t)(unit - 'a' + 'A');
    if (unit > ' ' && unit < 0x7f && strchr("+,;=[].", (int)unit) == NULL)
        return (uint8_t)unit;
    return '_';
}

struct base_name {
    uint8_t characters[8];
    size_t length;
};

/*
 * Fills base and extension. True if nothing but upper case was lost, so that the result may stand
 * without a ~1 (FAT 1.03, "Basis-Name Generation").
 */
static bool split(const struct fat_name *name, struct base_name *base, uint8_t extension[3])
{
    bool is_whole = true;
    size_t dot = name->length;
    size_t start = 0, length = 0;

    while (start < name->length && name->units[start] == '.')
        start++;
    for (size_t i = start; i < name->length; i++)
        if (name->units[i] == '.')
            dot = i;
    is_whole = start == 0;

    base->length = 0;
    for (size_t i = start; i < dot; i++) {
        uint8_t character = short_character(name->units[i]);

        if (name->units[i] == ' ' || name->units[i] == '.') {
            is_whole = false;
            continue;
        }
        if ((character == '_' && name->units[i] != '_') || base->length == 8) {
            is_whole = false;
            if (base->length == 8)
                continue;
        }
        base->characters[base->length++] = character;
    }
    memset(extension, ' ', 3);
    for (size_t i = dot + 1; i < name->length; i++) {
        uint8_t character = short_character(name->units[i]);

        if (name->units[i] == ' ' || length == 3 || (character == '_' && name->units[i] != '_'))
            is_whole = false;
        if (name->units[i] != ' ' && length < 3)
            extension[length++] = character;
    }
    return is_whole && base->length > 0;
}

static void compose(const struct base_name *base, size_t base_length, const char *tail,
                    const uint8_t extension[3], uint8_t out[FAT_SHORT_SIZE])
{
    base_length = minimum(base_length, base->length);
    memset(out, ' ', 8);
    memcpy(out, base->characters, base_length);
    memcpy(out + base_length, tail, strlen(tail));
    memcpy(out + 8, extension, 3);
}

/* Does the short name say everything that the long one does, case included? */
static bool is_same(const struct fat_name *name)
{
    char text[13];
    size_t length = 0;

    for (size_t i = 0; i < FAT_SHORT_SIZE; i++) {
        if (i == 8 && name->short_name[8] != ' ')
            text[length++] = '.';
        if (name->short_name[i] != ' ')
            text[length++] = (char)name->short_name[i];
    }
    if (length != name->length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (name->units[i] != (uint8_t)text[i])
            return false;
    return true;
}

bool fat_name_make(const char *name, bool (*is_taken)(void *context, const uint8_t *short_name),
                   void *context, struct fat_name *out, struct error *error)
{
    struct base_name base;
    uint8_t extension[3];

    if (!take_units(name, out, error))
        return false;

    bool is_whole = split(out, &base, extension);

    compose(&base, 8, "", extension, out->short_name);
    if (!is_whole || is_taken(context, out->short_name)) {
        uint16_t hash = (uint16_t)crc32(0, out->units, out->length * sizeof(out->units[0]));

        /* NAME~1 to NAME~4; then NAxxxx~1, as Windows does, so that many alike stay cheap. */
        for (unsigned number = 1;; number++) {
            char tail[16];

            if (number <= 4)
                snprintf(tail, sizeof(tail), "~%u", number);
            else
                snprintf(tail, sizeof(tail), "%04X~%u", (uint16_t)(hash + (number - 5) / 9),
                         (number - 5) % 9 + 1);
            compose(&base, 8 - strlen(tail), tail, extension, out->short_name);
            if (!is_taken(context, out->short_name))
                break;
        }
    }
    out->is_short = is_same(out);
    return true;
}

size_t fat_name_entries(const struct fat_name *name)
{
    return 1 + (name->is_short ? 0 : (name->length + UNITS_PER_ENTRY - 1) / UNITS_PER_ENTRY);
}

static uint8_t checksum(const uint8_t short_name[FAT_SHORT_SIZE])
{
    uint8_t sum = 0;

    for (size_t i = 0; i < FAT_SHORT_SIZE; i++)
        sum = (uint8_t)((uint8_t)(sum << 7 | sum >> 1) + short_name[i]);
    return sum;
}

size_t fat_name_write(const struct fat_name *name, uint8_t *entries)
{
    static const uint8_t places[UNITS_PER_ENTRY] = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
    size_t count = fat_name_entries(name) - 1;

    for (size_t i = 0; i < count; i++) {
        uint8_t *entry = entries + (count - 1 - i) * ENTRY_SIZE; /* the last part comes first */

        memset(entry, 0, ENTRY_SIZE);
        entry[0] = (uint8_t)((i + 1) | (i + 1 == count ? LAST_LONG_ENTRY : 0));
        entry[11] = ATTRIBUTE_LONG_NAME;
        entry[13] = checksum(name->short_name);
        for (size_t j = 0; j < UNITS_PER_ENTRY; j++) {
            size_t unit = i * UNITS_PER_ENTRY + j;

            /* One NUL behind the name, then 0xffff. */
            store_le16(entry + places[j], unit < name->length    ? name->units[unit]
                                          : unit == name->length ? 0
                                                                 : 0xffff);
        }
    }
    return count;
}
