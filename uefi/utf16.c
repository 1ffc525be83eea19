/* SPDX-License-Identifier: MIT */
#include "utf16.h"

#include "base/bytes.h"
#include "base/utf8.h"

/* Unicode 15: 23.1; what lies beyond 16 bits is written as two surrogates (3.9, D91). */
enum {
    DELETE = 0x7f, /* and from there on the C1 control characters */
    C1_CONTROLS_END = 0xa0,
    PLANE_1 = 0x10000,
    HIGH_SURROGATE = 0xd800,
    LOW_SURROGATE = 0xdc00,
    SURROGATES_END = 0xe000,
    NO_CHARACTERS = 0xfffe, /* and 0xffff */
};

size_t utf16_write(const char *text, CHAR16 *out, size_t capacity)
{
    size_t length = 0;

    while (*text != '\0') {
        uint32_t character = 0;
        size_t bytes = utf8_decode(text, &character);

        if (bytes == 0 || length + 3 > capacity)
            return 0;
        text += bytes;
        if (character >= PLANE_1) {
            out[length++] = (CHAR16)(HIGH_SURROGATE - (PLANE_1 >> 10) + (character >> 10));
            character = LOW_SURROGATE | (character & 0x3ff);
        }
        out[length++] = (CHAR16)character;
    }
    out[length++] = '\0';
    return length;
}

/* The character at *text, which is moved behind it; 0: none that belongs into a text. */
static uint32_t read_character(const uint8_t **text, const uint8_t *end)
{
    uint32_t character = load_le16(*text), low;

    *text += sizeof(CHAR16);
    if (character >= HIGH_SURROGATE && character < LOW_SURROGATE && *text < end) {
        low = load_le16(*text);
        *text += sizeof(CHAR16);
        if (low < LOW_SURROGATE || low >= SURROGATES_END)
            return 0;
        return PLANE_1 + ((character - HIGH_SURROGATE) << 10) + (low - LOW_SURROGATE);
    }
    if ((character < ' ' && character != '\t') ||
        (character >= DELETE && character < C1_CONTROLS_END) || character >= NO_CHARACTERS ||
        (character >= HIGH_SURROGATE && character < SURROGATES_END))
        return 0;
    return character;
}

size_t utf16_read(const void *text, size_t count, char *out)
{
    const uint8_t *next = text, *end = next + count * sizeof(CHAR16);
    size_t length = 0;

    while (next < end && load_le16(next) != 0) {
        uint32_t character = read_character(&next, end);
        char bytes[4];

        if (character == 0)
            return 0;
        for (const char *byte = bytes, *stop = utf8_put(bytes, character); byte < stop; byte++) {
            if (out != NULL)
                out[length] = *byte;
            length++;
        }
    }
    return length;
}
