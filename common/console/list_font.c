/* SPDX-License-Identifier: MIT */
/* list_font FILE: writes the glyphs of the loader's font, to be packed while Bowline is built. */
#include <stdio.h>
#include <stdlib.h>

#include "console/font.h"

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "wb") : NULL;
    int is_written = 1;

    if (file == NULL)
        return EXIT_FAILURE;
    for (uint32_t i = 0; i < FONT_GLYPHS; i++)
        is_written &= fwrite(font_glyph(FONT_FIRST + i), FONT_HEIGHT, 1, file) == 1;
    return fclose(file) == 0 && is_written ? EXIT_SUCCESS : EXIT_FAILURE;
}
