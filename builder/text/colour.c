/* SPDX-License-Identifier: MIT */
#include "text/colour.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_wanted(FILE *stream)
{
    const char *refusal = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    if (refusal != NULL && refusal[0] != '\0')
        return false;
    if (terminal == NULL || terminal[0] == '\0' || strcmp(terminal, "dumb") == 0)
        return false;
    return isatty(fileno(stream));
}

void colour_put(FILE *stream, enum colour colour, const char *text)
{
    /* ECMA-48, select graphic rendition. */
    static const char *const begin[] = {
        [COLOUR_ERROR] = "\33[1;31m",
        [COLOUR_WARNING] = "\33[1;35m",
        [COLOUR_NOTE] = "\33[1;36m",
        [COLOUR_PASSED] = "\33[1;32m",
    };

    if (is_wanted(stream))
        fprintf(stream, "%s%s\33[0m", begin[colour], text);
    else
        fputs(text, stream);
}
