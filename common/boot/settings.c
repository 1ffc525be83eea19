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

/* False: the line begins the second entry, which is not for this boot. */
static void warn_of_repetition(const char *earlier, const char *key, uint32_t line)
{
    if (earlier != NULL)
        log_message(LOG_WARNING, "%s: line %u: a second \"%s\" replaces the first", CONFIG_PATH,
                    line, key);
}

static bool take_line(const struct config_line *line, struct settings *settings, uint32_t *entries)
{
    switch (line->key) {
    case CONFIG_ENTRY:
        return ++*entries < 2;
    case CONFIG_TITLE:
        return true;
    case CONFIG_KERNEL:
        warn_of_repetition(settings->kernel, "kernel", line->line);
        settings->kernel = terminate(line->value);
        return true;
    case CONFIG_OPTIONS:
        warn_of_repetition(settings->options, "options", line->line);
        settings->options = terminate(line->value);
        return true;
    case CONFIG_MODULE: {
        struct settings_module *module = &settings->modules[settings->module_count++];

        module->path = terminate(line->value);
        module->name = last_part(module->path);
        module->arguments = line->arguments.length > 0 ? terminate(line->arguments) : "";
        return true;
    }
    }
    return true;
}

static bool parse(struct frames *frames, char *text, size_t size, struct settings *settings,
                  struct error *error)
{
    struct config_cursor cursor;
    struct config_line line;
    uint32_t entries = 0;

    if (!make_room(frames, size, settings, error))
        return false;
    config_start(&cursor, text, size);
    for (;;) {
        struct error problem = {0};

        if (config_next(&cursor, &line, &problem)) {
            if (!take_line(&line, settings, &entries))
                break;
        } else if (problem.code == ERROR_NONE) {
            break;
        } else {
            error_in(&problem, CONFIG_PATH);
            log_error(LOG_WARNING, &problem);
        }
    }
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
