/* SPDX-License-Identifier: MIT */
/* pattern NAME SIZE FILE: writes SIZE bytes whose value depends on NAME and their offset alone. */
#include "../kernels/library/pattern.h"

#include <stdio.h>
#include <stdlib.h>

int main(int count, char **arguments)
{
    uint8_t buffer[64 * 1024];

    if (count != 4) {
        fprintf(stderr, "usage: pattern NAME SIZE FILE\n");
        return 2;
    }
    uint64_t seed = pattern_seed(arguments[1]);
    uint64_t size = strtoull(arguments[2], NULL, 0);
    FILE *file = fopen(arguments[3], "wb");
    for (uint64_t offset = 0; file != NULL && offset < size;) {
        size_t length = 0;

        for (; length < sizeof(buffer) && offset < size; length++, offset++)
            buffer[length] = pattern_byte(seed, offset);
        if (fwrite(buffer, 1, length, file) != length)
            break;
    }
    if (file == NULL || ferror(file) || fclose(file) != 0) {
        perror(arguments[3]);
        return 1;
    }
    return 0;
}
