/* SPDX-License-Identifier: MIT */
#include "file_kind.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "check_image.h"

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
    static const char elf[] = {0x7f, 'E', 'L', 'F'};
    char begin[sizeof(elf)] = {0};
    bool is_log;

    if (!reader_read(file, 0, minimum(file->size, sizeof(begin)), begin, error))
        return false;
    if (memcmp(begin, elf, sizeof(elf)) == 0) {
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
