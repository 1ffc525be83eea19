/* SPDX-License-Identifier: MIT */
#include "boot/settings.h"

#include "base/string.h"
#include "base/units.h"
#include "console/log.h"
#include "firmware/memory.h"
#include "format/inflate.h"

/* The text of boot.conf once more, for the pieces of it to be ended where they lie. */
static bool copy_text(const struct configuration *configuration, struct frames *frames, char **text,
                      struct error *error)
{
    uint64_t phys;

    if (!frames_allocate(frames, pages_for(configuration->size + 1), PAGE_SIZE, FRAMES_TEMPORARY,
                         &phys, error))
        return false;
    *text = memcpy(firmware_memory(phys, configuration->size + 1), configuration->text,
                   configuration->size);
    return true;
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

/* What is being read: the lines of one entry, one after the other. */
struct reading {
    struct settings *settings;
    struct expected_hash *hash; /* of the file that was named last; NULL: none was */
};

static void take_kernel(struct reading *reading, const struct config_line *line)
{
    struct settings *settings = reading->settings;

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
    module->name_length = strlen(module->name);
    if (gzip_is_named(module->path))
        module->name_length -= strlen(GZIP_SUFFIX);
    module->arguments = line->arguments.length > 0 ? terminate(line->arguments) : "";
    module->is_optional = line->key == CONFIG_OPTIONAL;
    reading->hash = &module->hash;
}

static void take_chainload(struct reading *reading, const struct config_line *line)
{
    struct settings *settings = reading->settings;

    if (line->partition != 0) {
        settings->partition = line->partition;
        return;
    }
    settings->application = terminate(line->value);
    settings->application_hash.is_known = false;
    reading->hash = &settings->application_hash;
}

static void take_hash(struct reading *reading, const struct config_line *line)
{
    if (reading->hash == NULL) {
        struct error problem = {0};

        FAIL(&problem, CONFIG_HASH_OF_NOTHING, line->line, line->column);
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
    case CONFIG_KERNEL:
        return take_kernel(reading, line);
    case CONFIG_OPTIONS:
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
    case CONFIG_CHAINLOAD:
        return take_chainload(reading, line);
    default: /* of the loader and for the menu: configuration.c */
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
            reading->hash = NULL; /* it may have named the file that a hash below it is of */
        }
    }
}

bool settings_read(const struct configuration *configuration, uint32_t entry, const char *options,
                   struct frames *frames, struct settings *out, struct error *error)
{
    struct settings settings = {0};
    struct reading reading = {.settings = &settings};
    char *text;

    if (!copy_text(configuration, frames, &text, error) ||
        !make_room(frames, configuration->size, &settings, error))
        return error_in(error, CONFIG_PATH);
    take_entry(&reading, entry, text, configuration->size);
    if (options != NULL && !configuration->is_sealed)
        settings.options = options;
    else if (settings.options == NULL)
        settings.options = "";
    if (settings.kernel == NULL && settings.application == NULL && settings.partition == 0) {
        const struct boot_entry *named = &configuration->entries[entry];

        FAIL_WITH(error, CONFIG_NO_KERNEL, named->name, named->line, named->column);
        return error_in(error, CONFIG_PATH);
    }
    *out = settings;
    return true;
}
