/* SPDX-License-Identifier: MIT */
/*
 * list_error_texts FILE: writes the texts of the loader's errors, each with its NUL, to be packed
 * while Bowline is built.
 */
#include <stdio.h>
#include <stdlib.h>

static const char texts[] = "none\0no error\0nothing\0"
#define ERROR(code, name, cause, remedy) name "\0" cause "\0" remedy "\0"
#include "base/errors.def"
#undef ERROR
    ;

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "wb") : NULL;
    int is_written;

    if (file == NULL)
        return EXIT_FAILURE;
    is_written = fwrite(texts, sizeof(texts) - 1, 1, file) == 1; /* without a NUL of its own */
    return fclose(file) == 0 && is_written ? EXIT_SUCCESS : EXIT_FAILURE;
}
