/* SPDX-License-Identifier: MIT */
#include "text/text_width.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "system/need.h"

static const char ellipsis[] = "\xe2\x80\xa6"; /* U+2026 */

/* Hundredths of the font's size. */
static unsigned advance(uint32_t character)
{
    if (character < 0x80 && strchr(" !'(),./:;I[]ijl|", (int)character) != NULL)
        return 40;
    if (character < 0x80 && strchr("%@MWmw", (int)character) != NULL)
        return 100;
    if (character >= 0x300 && character < 0x370) /* combining marks */
        return 0;
    if ((character >= 0x1100 && character < 0x1200) || character >= 0x2e80) /* ideographs */
        return 105;
    if ((character >= 'A' && character <= 'Z') || character >= 0x80)
        return 80;
    return 65;
}

/* Of one character; *length is what it takes of the text, at least a byte. */
static unsigned advance_of(const char *text, size_t *length)
{
    uint32_t character = 0xfffd;

    *length = utf8_decode(text, &character);
    if (*length == 0)
        *length = 1;
    return advance(character);
}

static unsigned hundredths(const char *text)
{
    unsigned sum = 0;
    size_t length;

    for (; *text != '\0'; text += length)
        sum += advance_of(text, &length);
    return sum;
}

unsigned text_width(const char *text, unsigned font_size)
{
    return (hundredths(text) * font_size + 99) / 100;
}

/* How many bytes of the beginning fit into `room` hundredths. */
static size_t head_that_fits(const char *text, unsigned room)
{
    size_t position = 0, length;
    unsigned used = 0;

    while (text[position] != '\0') {
        used += advance_of(text + position, &length);
        if (used > room)
            break;
        position += length;
    }
    return position;
}

/* Where the end begins that fits into `room` hundredths. */
static size_t tail_that_fits(const char *text, unsigned room)
{
    unsigned rest = hundredths(text);
    size_t position = 0, length;

    while (rest > room) {
        rest -= advance_of(text + position, &length);
        position += length;
    }
    return position;
}

char *text_fitted(const char *text, unsigned font_size, unsigned width)
{
    unsigned room = width * 100 / font_size;
    size_t size = strlen(text) + sizeof(ellipsis), head, tail;
    char *fitted = need(malloc(size));

    if (hundredths(text) <= room) {
        strcpy(fitted, text);
        return fitted;
    }
    room = room > advance(0x2026) ? room - advance(0x2026) : 0;
    tail = tail_that_fits(text, room / 2);
    head = head_that_fits(text, room - hundredths(text + tail));
    memcpy(fitted, text, head);
    memcpy(fitted + head, ellipsis, sizeof(ellipsis) - 1);
    strcpy(fitted + head + sizeof(ellipsis) - 1, text + tail);
    return fitted;
}
