/* SPDX-License-Identifier: MIT */
#include "text/guid_text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Where the bytes stand in the text: the first three groups are numbers, little-endian on disk. */
static const uint8_t text_order[sizeof(struct guid)] = {3, 2, 1,  0,  5,  4,  7,  6,
                                                        8, 9, 10, 11, 12, 13, 14, 15};

static bool is_dash(size_t position)
{
    return position == 8 || position == 13 || position == 18 || position == 23;
}

void guid_print(const struct guid *guid, char out[GUID_TEXT_SIZE])
{
    size_t position = 0;

    for (size_t i = 0; i < sizeof(text_order); i++) {
        if (is_dash(position))
            out[position++] = '-';
        snprintf(out + position, 3, "%02X", guid->bytes[text_order[i]]);
        position += 2;
    }
}

bool guid_parse(const char *text, struct guid *out)
{
    struct guid guid;
    size_t position = 0;

    if (strlen(text) != GUID_TEXT_SIZE - 1)
        return false;
    for (size_t i = 0; i < sizeof(text_order); i++) {
        unsigned byte;

        if (is_dash(position) && text[position++] != '-')
            return false;
        if (!isxdigit((unsigned char)text[position]) ||
            !isxdigit((unsigned char)text[position + 1]) ||
            sscanf(text + position, "%2x", &byte) != 1)
            return false;
        guid.bytes[text_order[i]] = (uint8_t)byte;
        position += 2;
    }
    *out = guid;
    return true;
}
