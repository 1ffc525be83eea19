/* SPDX-License-Identifier: MIT */
/* Words in colour, for a person at a terminal who wants it so, and plain everywhere else. */
#pragma once

#include <stdio.h>

enum colour {
    COLOUR_ERROR, /* as compilers have them: red, magenta, cyan, green; all of them bold */
    COLOUR_WARNING,
    COLOUR_NOTE,
    COLOUR_PASSED,
};

/*
 * Writes the text, in colour if the stream is a terminal that has it (TERM is neither unset nor
 * "dumb") and NO_COLOR is not set to anything (no-color.org).
 */
void colour_put(FILE *stream, enum colour colour, const char *text);
