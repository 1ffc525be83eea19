/* SPDX-License-Identifier: MIT */
#include "image/boot_conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "format/config.h"
#include "format/inflate.h"

const char *kernel_path(const struct mkimage_spec *spec)
{
    return gzip_is_named(spec->kernel) ? IMAGE_KERNEL_PATH GZIP_SUFFIX : IMAGE_KERNEL_PATH;
}

char *module_path(const struct mkimage_module *module)
{
    const char *slash = strrchr(module->path, '/');
    const char *name = module->name != NULL ? module->name : slash ? slash + 1 : module->path;
    char *path;

    return asprintf(&path, "%s%s", IMAGE_MODULES_PATH, name) < 0 ? NULL : path;
}

/* Can a value of boot.conf hold this text as it is? */
static bool check_value(const char *what, const char *text, struct error *error)
{
    size_t end = strlen(text);

    for (size_t i = 0; i < end;) {
        uint32_t character;
        size_t length = utf8_decode(text + i, &character);

        if (length == 0 || (character < ' ' && character != '\t') || character == 0x7f)
            return FAIL_WITH(error, COMMAND_LINE_CHARACTER, what, i, (uint8_t)text[i]);
        i += length;
    }
    if (end > 0 && (strchr(" \t", text[0]) != NULL || strchr(" \t", text[end - 1]) != NULL))
        return FAIL_WITH(error, COMMAND_LINE_SPACE, what);
    return true;
}

static const char *arguments_of(const struct mkimage_module *module)
{
    return module->arguments != NULL ? module->arguments : "";
}

/* The hash of the file that was named last. */
static void write_hash(FILE *out, const uint8_t (*hashes)[SHA256_SIZE], size_t file)
{
    if (hashes == NULL)
        return;
    fputs("sha256 ", out);
    for (size_t i = 0; i < SHA256_SIZE; i++)
        fprintf(out, "%02x", hashes[file][i]);
    fputc('\n', out);
}

static bool write_modules(FILE *out, const struct mkimage_spec *spec,
                          const uint8_t (*hashes)[SHA256_SIZE], struct error *error)
{
    for (size_t i = 0; i < spec->module_count; i++) {
        const struct mkimage_module *module = &spec->modules[i];
        char *path;

        if (!check_value("the text of its arguments", arguments_of(module), error))
            return error_in(error, module->path);
        path = module_path(module);
        if (path == NULL)
            return FAIL(error, HOST_MEMORY);
        fprintf(out, strpbrk(path, " \t") != NULL ? "module \"%s\"" : "module %s", path);
        fprintf(out, arguments_of(module)[0] != '\0' ? " %s\n" : "\n", arguments_of(module));
        write_hash(out, hashes, i + 1);
        free(path);
    }
    return true;
}

static bool is_text(struct text text, const char *expected)
{
    return text.length == strlen(expected) && memcmp(text.start, expected, text.length) == 0;
}

/* Does the loader's reader find in the text what was put into it? */
static bool reads_back(const char *text, size_t length, const struct mkimage_spec *spec,
                       const uint8_t (*hashes)[SHA256_SIZE], struct error *error)
{
    struct config_cursor cursor;
    struct config_line line;
    bool has_kernel = false, has_options = spec->command_line[0] == '\0';
    size_t modules = 0, hashed = 0;

    config_start(&cursor, text, length);
    while (config_next(&cursor, &line, error)) {
        if (line.key == CONFIG_KERNEL)
            has_kernel = is_text(line.value, kernel_path(spec));
        if (line.key == CONFIG_OPTIONS)
            has_options = is_text(line.value, spec->command_line);
        if (line.key == CONFIG_MODULE) {
            char *path = module_path(&spec->modules[modules]);
            bool is_same = path != NULL && is_text(line.value, path) &&
                           is_text(line.arguments, arguments_of(&spec->modules[modules]));

            free(path);
            if (!is_same)
                break;
            modules++;
        }
        if (line.key == CONFIG_SHA256 && hashes != NULL && hashed == modules)
            hashed += memcmp(line.sha256, hashes[hashed], SHA256_SIZE) == 0;
    }
    if (error->code == ERROR_NONE && !(has_kernel && has_options && modules == spec->module_count &&
                                       hashed == (hashes != NULL ? modules + 1 : 0)))
        FAIL_WITH(error, HOST_VERIFY, CONFIG_PATH, (uint64_t)(cursor.position - text));
    return error->code == ERROR_NONE;
}

bool boot_conf_load(struct reader *file, char **text, struct error *error)
{
    char *buffer;

    if (file->size > CONFIG_SIZE_MAX)
        return FAIL(error, CONFIG_TOO_LARGE, file->size, CONFIG_SIZE_MAX);
    buffer = malloc(file->size + 1);
    if (buffer == NULL)
        return FAIL(error, HOST_MEMORY);
    if (!reader_read(file, 0, file->size, buffer, error)) {
        free(buffer);
        return false;
    }
    *text = buffer;
    return true;
}

bool boot_conf_make(const struct mkimage_spec *spec, const uint8_t (*hashes)[SHA256_SIZE],
                    char **text, size_t *length, struct error *error)
{
    char *buffer = NULL;
    size_t size = 0;
    FILE *out;
    bool is_written;

    if (!check_value("the text", spec->command_line, error))
        return error_in(error, "--command-line");
    out = open_memstream(&buffer, &size);
    if (out == NULL)
        return FAIL(error, HOST_MEMORY);
    fprintf(out,
            "# Written by mkimage; docs/boot-conf.md describes it.\n"
            "entry kernel\n"
            "kernel %s\n",
            kernel_path(spec));
    write_hash(out, hashes, 0);
    if (spec->command_line[0] != '\0')
        fprintf(out, "options %s\n", spec->command_line);
    is_written = write_modules(out, spec, hashes, error);
    if (fclose(out) != 0 && is_written)
        is_written = FAIL(error, HOST_MEMORY);
    if (is_written && size > CONFIG_SIZE_MAX) {
        is_written = FAIL(error, TEXTS_TOO_LARGE, size, CONFIG_SIZE_MAX);
        error_in(error, "--command-line and --module");
    }
    if (is_written)
        is_written = reads_back(buffer, size, spec, hashes, error);
    if (!is_written) {
        free(buffer);
        return error_in(error, CONFIG_PATH);
    }
    *text = buffer;
    *length = size;
    return true;
}
