/* SPDX-License-Identifier: MIT */
#include "disk/file_kind.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "disk/iso9660.h"

static bool has_bytes(struct reader *file, uint64_t offset, const char *expected)
{
    char bytes[16];
    size_t length = strlen(expected);
    struct error error = {0};

    return reader_read(file, offset, length, bytes, &error) && memcmp(bytes, expected, length) == 0;
}

bool is_kernel(struct reader *file)
{
    return has_bytes(file, 0, "\177ELF") || has_bytes(file, 0, "\x1f\x8b");
}

bool is_image(struct reader *file)
{
    if (is_kernel(file))
        return false;
    return has_bytes(file, 510, "\x55\xaa") || has_bytes(file, 512, "EFI PART") ||
           has_bytes(file, 4096, "EFI PART") || has_bytes(file, 16 * ISO_BLOCK_SIZE + 1, "CD001");
}

static const char line_of_the_loader[] = "bowline: ";

/* A firmware may have said much before the loader came. */
static bool has_line(struct reader *file, bool *out, struct error *error)
{
    uint64_t length = minimum(file->size, 16 * MIB);
    char *text = malloc(length + 1);
    bool is_read =
        text != NULL ? reader_read(file, 0, length, text, error) : FAIL(error, HOST_MEMORY);

    if (is_read)
        *out = memmem(text, length, line_of_the_loader, sizeof(line_of_the_loader) - 1) != NULL;
    free(text);
    return is_read;
}

bool file_kind_find(struct reader *file, enum file_kind *out, struct error *error)
{
    uint8_t first;
    bool is_log;

    /* What cannot be read at all is to be told from what is nothing of the kind. */
    if (file->size > 0 && !reader_read(file, 0, sizeof(first), &first, error))
        return false;
    if (is_kernel(file)) {
        *out = FILE_KERNEL;
        return true;
    }
    if (is_image(file)) {
        *out = FILE_IMAGE;
        return true;
    }
    if (!has_line(file, &is_log, error))
        return false;
    if (!is_log)
        return FAIL(error, FILE_KIND);
    *out = FILE_BOOT_LOG;
    return true;
}
