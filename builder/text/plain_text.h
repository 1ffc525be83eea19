/* SPDX-License-Identifier: MIT */
/* Text that somebody else has chosen, a file's name perhaps, for a terminal that obeys characters.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

/* One character, or U+FFFD instead of one that a terminal may obey. Returns its length. */
size_t plain_text_put(FILE *to, const char *text);

/* `length` bytes of a longer text, or all of it; line ends and tabs are kept. */
void plain_text_write(FILE *to, const char *text, size_t length);
