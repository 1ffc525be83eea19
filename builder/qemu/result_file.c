/* SPDX-License-Identifier: MIT */
#include "qemu/result_file.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/units.h"
#include "system/host_file.h"
#include "system/output.h"

struct kind {
    const char *name;
    const char *beginnings[2];
};

static const struct kind report = {"XML file", {"<?xml"}};
static const struct kind picture = {"picture (PNG or PPM)", {"\x89PNG\r\n", "P6"}};

/* Does something lie there that is not a file: a terminal, a pipe? */
static bool is_stream(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

static bool is_of(const struct kind *kind, struct reader *file)
{
    char start[8];
    uint64_t length = minimum(file->size, sizeof(start));
    struct error ignored;

    if (length == 0)
        return true;
    if (!reader_read(file, 0, length, start, &ignored))
        return false;
    for (size_t i = 0; i < COUNT_OF(kind->beginnings) && kind->beginnings[i] != NULL; i++) {
        size_t needed = strlen(kind->beginnings[i]);

        if (length >= needed && memcmp(start, kind->beginnings[i], needed) == 0)
            return true;
    }
    return false;
}

static bool check_input(const struct stat *place, const char *input, struct error *error)
{
    struct stat status;

    return input == NULL || stat(input, &status) != 0 || status.st_dev != place->st_dev ||
           status.st_ino != place->st_ino || FAIL_WITH(error, HOST_OUTPUT_IS_INPUT, input);
}

static bool check_inputs(const struct stat *place, const struct boot_options *options,
                         struct error *error)
{
    const struct contents *contents = &options->contents;

    for (int i = 0; i < options->file_count; i++)
        if (!check_input(place, options->files[i], error))
            return false;
    for (size_t i = 0; i < contents->module_count; i++)
        if (!check_input(place, contents->modules[i].path, error))
            return false;
    for (size_t i = 0; i < contents->file_count; i++)
        if (!check_input(place, contents->files[i].source, error))
            return false;
    return check_input(place, contents->config, error);
}

static bool check_replaced(const char *path, const struct kind *kind,
                           const struct boot_options *options, struct error *error)
{
    struct stat status;
    struct host_file file;
    bool is_replaced;

    if (stat(path, &status) != 0)
        return true;
    if (!check_inputs(&status, options, error) || !host_file_open(path, &file, error))
        return false;
    is_replaced = is_of(kind, &file.reader);
    reader_close(&file.reader);
    return is_replaced || FAIL_WITH(error, HOST_NOT_REPLACED, kind->name);
}

static bool check_place(const char *path, const struct kind *kind,
                        const struct boot_options *options, struct error *error)
{
    return check_replaced(path, kind, options, error) || error_in(error, path);
}

bool result_files_check(const struct boot_options *options, struct error *error)
{
    if (options->junit != NULL && !is_stream(options->junit) &&
        !check_place(options->junit, &report, options, error))
        return false;
    for (int i = 0; i < options->picture_count; i++)
        if (!check_place(options->pictures[i], &picture, options, error))
            return false;
    return true;
}

static bool write_stream(const char *path, const char *text, size_t length, struct error *error)
{
    FILE *out = fopen(path, "w");
    bool is_written = out != NULL && fwrite(text, 1, length, out) == length;

    if (out != NULL && fclose(out) != 0)
        is_written = false;
    return is_written || host_error(error, ERROR_HOST_WRITE, path);
}

bool result_file_write(const char *path, const char *text, size_t length, struct error *error)
{
    struct output output;

    if (is_stream(path))
        return write_stream(path, text, length, error);
    if (!output_prepare(path, &output, error))
        return false;
    if (!output_open(&output, error) || !output_resize(&output, length, error) ||
        !output_write(&output, 0, text, length, error)) {
        error_in(error, path);
        output_discard(&output);
        return false;
    }
    return output_commit(&output, error);
}
