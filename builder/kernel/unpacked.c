/* SPDX-License-Identifier: MIT */
#include "kernel/unpacked.h"

#include <stdlib.h>

#include "format/inflate.h"

static bool unpack(const void *packed, size_t size, struct unpacked *out, struct error *error)
{
    uint32_t length;

    if (!gzip_size(packed, size, &length, error))
        return false;
    out->bytes = malloc((size_t)length + 1);
    if (out->bytes == NULL)
        return FAIL(error, HOST_MEMORY);
    memory_reader_init(&out->memory, out->bytes, length);
    return gzip_unpack(packed, size, out->bytes, error);
}

bool unpacked_open(const char *name, struct reader *file, int fd, struct unpacked *out,
                   struct error *error)
{
    *out = (struct unpacked){.reader = file, .fd = fd};
    if (!gzip_is_named(name))
        return true;
    out->reader = &out->memory.reader;
    out->fd = -1;

    void *packed = malloc(file->size + 1);
    bool is_unpacked = packed != NULL ? reader_read(file, 0, file->size, packed, error) &&
                                            unpack(packed, file->size, out, error)
                                      : FAIL(error, HOST_MEMORY);
    free(packed);
    if (!is_unpacked)
        unpacked_close(out);
    return is_unpacked;
}

void unpacked_close(struct unpacked *unpacked)
{
    free(unpacked->bytes);
    unpacked->bytes = NULL;
}
