/* SPDX-License-Identifier: MIT */
#include "text/plain_text.h"

#include "base/utf8.h"

size_t plain_text_put(FILE *to, const char *text)
{
    uint32_t character;
    size_t length = utf8_decode(text, &character);

    if (length == 0 || character < 0x20 || (character >= 0x7f && character < 0xa0)) {
        fputs("\xef\xbf\xbd", to);
        return length > 0 ? length : 1;
    }
    fwrite(text, 1, length, to);
    return length;
}

void plain_text_write(FILE *to, const char *text, size_t length)
{
    for (const char *end = text + length; text < end;) {
        if (*text == '\n' || *text == '\t')
            fputc(*text++, to);
        else
            text += plain_text_put(to, text);
    }
}
