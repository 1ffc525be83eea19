/* SPDX-License-Identifier: MIT */
#include "text/xml.h"

#include <stdbool.h>

#include "base/utf8.h"

/* XML 1.0, 2.2. */
static bool is_allowed(uint32_t character)
{
    return character == '\t' || character == '\n' || (character >= 0x20 && character < 0x7f) ||
           (character >= 0xa0 && character != 0xfffe && character != 0xffff);
}

void xml_write(FILE *to, const char *text)
{
    while (*text != '\0') {
        uint32_t character;
        size_t length = utf8_decode(text, &character);

        if (length == 0 || !is_allowed(character))
            fputs("\xef\xbf\xbd", to);
        else if (character == '&')
            fputs("&amp;", to);
        else if (character == '<')
            fputs("&lt;", to);
        else if (character == '>')
            fputs("&gt;", to);
        else if (character == '"')
            fputs("&quot;", to);
        else
            fwrite(text, 1, length, to);
        text += length > 0 ? length : 1;
    }
}
