/* SPDX-License-Identifier: MIT */
/*
 * pack_stage STAGE PACKED: packs stage 3 as an LZ4 block while Bowline is built, and unpacks it
 * once with the function that stage 2 has. The same version of liblz4 makes the same bytes of it.
 */
#include <lz4hc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stage2/unpack.h"

enum { STAGE_SIZE_MAX = 1024 * 1024 }; /* more than there is memory for it */

static char stage[STAGE_SIZE_MAX], packed[LZ4_COMPRESSBOUND(STAGE_SIZE_MAX)];
static uint8_t unpacked[STAGE_SIZE_MAX];

/* Always EXIT_FAILURE. */
static int fail(const char *path, const char *what)
{
    fprintf(stderr, "pack_stage: %s: %s\n", path, what);
    return EXIT_FAILURE;
}

static bool read_stage(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    bool is_whole;

    if (file == NULL)
        return false;
    *size = fread(stage, 1, sizeof(stage), file);
    is_whole = feof(file) && !ferror(file);
    return fclose(file) == 0 && is_whole;
}

static bool write_packed(const char *path, size_t size)
{
    FILE *file = fopen(path, "wb");
    bool is_whole;

    if (file == NULL)
        return false;
    is_whole = fwrite(packed, 1, size, file) == size;
    return fclose(file) == 0 && is_whole;
}

int main(int argc, char **argv)
{
    size_t size;
    int packed_size;

    if (argc != 3)
        return fail("usage", "pack_stage STAGE PACKED");
    if (!read_stage(argv[1], &size))
        return fail(argv[1], "cannot be read, or is larger than 1 MiB");
    packed_size = LZ4_compress_HC(stage, packed, (int)size, (int)sizeof(packed), LZ4HC_CLEVEL_MAX);
    if (packed_size <= 0 || !unpack((const uint8_t *)packed, (size_t)packed_size, unpacked, size) ||
        memcmp(stage, unpacked, size) != 0)
        return fail(argv[1], "what liblz4 makes of it does not unpack to the same");
    if (!write_packed(argv[2], (size_t)packed_size))
        return fail(argv[2], "cannot be written");
    return EXIT_SUCCESS;
}
