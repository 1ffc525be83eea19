/* SPDX-License-Identifier: MIT */
#include "boot/settings.h"

#include "base/string.h"
#include "base/units.h"
#include "console/log.h"
#include "firmware/memory.h"
#include "firmware/volume.h"
#include "format/config.h"

/* Reads the whole file into memory of its own, with room for a NUL behind it. */
static bool read_text(struct reader *file, struct frames *frames, char **text, struct error *error)
{
    uint64_t phys;

    if (file->size > CONFIG_SIZE_MAX)
        return FAIL(error, CONFIG_TOO_LARGE, file->size, CONFIG_SIZE_MAX);
    if (!frames_allocate(frames, pages_for(file->size + 1), PAGE_SIZE, FRAMES_TEMPORARY, &phys,
                         error))
        return false;
    *text = firmware_memory(phys, file->size + 1);
    return reader_read(file, 0, file->size, *text, error);
}

/* Ends a piece of the text where it lies: its line has been read. */
static const char *terminate(struct text text)
{
    char *start = (char *)(uintptr_t)text.start;

    start[text.length] = '\0';
    return start;
}

static const char *last_part(const char *path)
{
    const char *name = path;

    for (; *path != '\0'; path++) {
        if (*path == '/' && path[1] != '\0')
            name = path + 1;
    }
    return name;
}

/* Each module takes a line of at least eight bytes, which bounds their number. */
static bool make_room(struct frames *frames, size_t text_size, struct settings *settings,
                      struct error *error)
{
    uint64_t bytes = (text_size / strlen("module x") + 1) * sizeof(settings->modules[0]);
    uint64_t phys;

    if (!frames_allocate(frames, pages_for(bytes), PAGE_SIZE, FRAMES_TEMPORARY, &phys, error))
        return false;
    settings->modules = firmware_memory(phys, bytes);
    return true;
}

/* A default that there is not, is a warning: the first entry boots. */
static uint32_t choose_entry(const char *text, size_t size)
{
    struct error problem = {0};
    uint32_t entry;

    if (!config_default_entry(text, size, &entry, &problem)) {
        error_in(&problem, CONFIG_PATH);
        log_error(LOG_WARNING, &problem);
    }
    return entry;
}

/* What is being read: the lines of one entry, one after the other. */
struct reading {
    struct settings *settings;
    struct expected_hash *hash; /* of the file that was named last; NULL: none was */
};

static void warn_of_repetition(const char *earlier, const char *key, uint32_t line)
{
    if (earlier != NULL)
        log_message(LOG_WARNING, "%s: line %u: a second \"%s\" replaces the first", CONFIG_PATH,
                    line, key);
}

static void take_kernel(struct reading *reading, const struct config_line *line)
{
    struct settings *settings = reading->settings;

    warn_of_repetition(settings->kernel, "kernel", line->line);
    settings->kernel = terminate(line->value);
    settings->kernel_hash.is_known = false;
    reading->hash = &settings->kernel_hash;
}

static void take_module(struct reading *reading, const struct config_line *line)
{
    struct settings *settings = reading->settings;
    struct settings_module *module = &settings->modules[settings->module_count++];

    *module = (struct settings_module){0};
    module->path = terminate(line->value);
    module->name = last_part(module->path);
    module->arguments = line->arguments.length > 0 ? terminate(line->arguments) : "";
    module->is_optional = line->key == CONFIG_OPTIONAL;
    reading->hash = &module->hash;
}

static void take_hash(struct reading *reading, const struct config_line *line)
{
    if (reading->hash == NULL) {
        struct error problem = {0};

        FAIL(&problem, CONFIG_HASH_OF_NOTHING, line->line);
        error_in(&problem, CONFIG_PATH);
        log_error(LOG_WARNING, &problem);
        return;
    }
    reading->hash->is_known = true;
    memcpy(reading->hash->sha256, line->sha256, sizeof(line->sha256));
}

static void take_line(struct reading *reading, const struct config_line *line)
{
    struct settings *settings = reading->settings;

    switch (line->key) {
    case CONFIG_DEFAULT:
    case CONFIG_ENTRY:
    case CONFIG_TITLE:
        return;
    case CONFIG_KERNEL:
        return take_kernel(reading, line);
    case CONFIG_OPTIONS:
        warn_of_repetition(settings->options, "options", line->line);
        settings->options = terminate(line->value);
        return;
    case CONFIG_MODULE:
    case CONFIG_OPTIONAL:
        return take_module(reading, line);
    case CONFIG_SHA256:
        return take_hash(reading, line);
    case CONFIG_RESOLUTION:
        settings->width = line->width;
        settings->height = line->height;
        return;
    }
}

static void take_entry(struct reading *reading, uint32_t entry, const char *text, size_t size)
{
    struct config_cursor cursor;
    struct config_line line;

    config_start(&cursor, text, size);
    for (;;) {
        struct error problem = {0};

        if (config_next(&cursor, &line, &problem)) {
            if (line.entry == entry || (line.is_for_all && line.key == CONFIG_RESOLUTION))
                take_line(reading, &line);
        } else if (problem.code == ERROR_NONE) {
            return;
        } else {
            error_in(&problem, CONFIG_PATH);
            log_error(LOG_WARNING, &problem);
        }
    }
}

static bool parse(struct frames *frames, char *text, size_t size, struct settings *settings,
                  struct error *error)
{
    struct reading reading = {.settings = settings};

    if (!make_room(frames, size, settings, error))
        return false;
    take_entry(&reading, choose_entry(text, size), text, size);
    if (settings->options == NULL)
        settings->options = "";
    return settings->kernel != NULL || FAIL(error, CONFIG_NO_KERNEL);
}

bool settings_read(struct frames *frames, struct settings *out, struct error *error)
{
    struct settings settings = {0};
    struct reader *file;
    char *text;

    if (!firmware_open_file(CONFIG_PATH, &file, error))
        return error_in(error, CONFIG_PATH);
    bool is_read = read_text(file, frames, &text, error);
    size_t size = file->size;
    reader_close(file);
    if (!is_read || !parse(frames, text, size, &settings, error))
        return error_in(error, CONFIG_PATH);
    *out = settings;
    return true;
}
