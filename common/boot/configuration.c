/* SPDX-License-Identifier: MIT */
#include "boot/configuration.h"

#include "base/string.h"
#include "base/units.h"
#include "console/log.h"
#include "firmware/memory.h"
#include "firmware/seal.h"
#include "firmware/volume.h"
#include "format/boot_state.h"

_Static_assert(LOG_ERROR == 0 && LOG_DETAIL == 4, "format/config.c counts the levels so");

static bool keep(struct frames *frames, uint64_t bytes, void **out, struct error *error)
{
    uint64_t phys;

    if (!frames_allocate(frames, pages_for(maximum(bytes, 1)), PAGE_SIZE, FRAMES_KEPT, &phys,
                         error))
        return false;
    *out = firmware_memory(phys, bytes);
    return true;
}

static void warn(struct error *problem)
{
    error_in(problem, CONFIG_PATH);
    log_error(LOG_WARNING, problem);
}

/* A second copy of the text, in which pieces can be ended where they lie. */
struct pieces {
    const char *text;
    char *copy;
};

static const char *terminate(const struct pieces *pieces, struct text piece)
{
    char *start = pieces->copy + (piece.start - pieces->text);

    start[piece.length] = '\0';
    return start;
}

/* The places that lines have been seen of: a bit of each. */
struct seen {
    uint32_t of_loader, of_entry;
    uint32_t entry;
};

static void look_for_repetition(const struct config_line *line, struct seen *seen)
{
    unsigned place = config_place(line);
    uint32_t *places = config_is_of_loader(place) ? &seen->of_loader : &seen->of_entry;

    if (line->entry != seen->entry) {
        seen->entry = line->entry;
        seen->of_entry = 0;
    }
    if (place != CONFIG_MANY && *places >> place & 1)
        log_message(LOG_WARNING,
                    "%s: line %u, column %u: \"%s\" replaces what an earlier line said",
                    CONFIG_PATH, line->line, line->column, config_word(line->key));
    *places |= 1u << place;
}

static void take_line(struct configuration *out, const struct config_line *line,
                      const struct pieces *pieces)
{
    struct boot_entry *entry = &out->entries[line->entry];

    switch (line->key) {
    case CONFIG_TIMEOUT:
        out->has_timeout = true;
        out->timeout = line->seconds;
        return;
    case CONFIG_DEFAULT:
        out->has_default = true;
        return;
    case CONFIG_EDITOR:
        out->is_editor_off = !line->is_on;
        return;
    case CONFIG_SERIAL:
        out->serial = *line;
        return;
    case CONFIG_LOG:
        out->log = *line;
        return;
    case CONFIG_ENTRY:
        entry->name = terminate(pieces, line->value);
        entry->line = line->line;
        entry->column = line->column;
        return;
    case CONFIG_TITLE:
        entry->title = terminate(pieces, line->value);
        return;
    case CONFIG_SLOT:
        entry->is_slot = true;
        entry->priority = line->priority;
        entry->attempts = line->attempts;
        return;
    default: /* of one entry, for settings.c */
        return;
    }
}

static void take_lines(struct configuration *out, const struct pieces *pieces)
{
    struct config_cursor cursor;
    struct config_line line;
    struct seen seen = {0};

    config_start(&cursor, out->text, out->size);
    for (;;) {
        struct error problem = {0};

        if (config_next(&cursor, &line, &problem)) {
            look_for_repetition(&line, &seen);
            take_line(out, &line, pieces);
        } else if (problem.code == ERROR_NONE) {
            return;
        } else {
            warn(&problem);
        }
    }
}

/* Elsewhere, entries go by their names. */
static void warn_of_namesakes(const struct configuration *configuration)
{
    const struct boot_entry *entries = configuration->entries;

    for (uint32_t i = 1; i < configuration->entry_count; i++) {
        uint32_t first = 0;

        while (entries[first].state_name != entries[i].state_name)
            first++;
        if (first < i)
            log_message(LOG_WARNING,
                        "%s: line %u, column %u: a second entry is called \"%s\": the two share "
                        "their attempts, and a default is the first",
                        CONFIG_PATH, entries[i].line, entries[i].column, entries[i].name);
    }
}

static uint32_t count_entries(const struct configuration *configuration)
{
    struct config_cursor cursor;
    struct config_line line;

    config_start(&cursor, configuration->text, configuration->size);
    while (config_next_good(&cursor, &line))
        ;
    return (uint32_t)maximum(cursor.entries, 1);
}

static bool take_entries(struct frames *frames, struct configuration *out, struct error *error)
{
    struct pieces pieces = {.text = out->text};
    struct error problem = {0};
    void *entries, *copy;

    out->entry_count = count_entries(out);
    uint64_t bytes = (uint64_t)out->entry_count * sizeof(out->entries[0]);
    if (!keep(frames, bytes, &entries, error) || !keep(frames, out->size + 1, &copy, error))
        return false;
    out->entries = memset(entries, 0, bytes);
    pieces.copy = memcpy(copy, out->text, out->size);
    take_lines(out, &pieces);
    for (uint32_t i = 0; i < out->entry_count; i++) {
        struct boot_entry *entry = &out->entries[i];

        if (entry->name == NULL) {
            entry->name = "";
            entry->line = entry->column = 1;
        }
        if (entry->title == NULL)
            entry->title = entry->name;
        entry->state_name = boot_state_name(entry->name, strlen(entry->name));
    }
    warn_of_namesakes(out);
    if (!config_default_entry(out->text, out->size, &out->default_entry, &problem)) {
        out->has_default = false;
        warn(&problem);
    }
    return true;
}

static bool read_text(struct reader *file, struct frames *frames, struct configuration *out,
                      struct error *error)
{
    void *text;

    if (file->size > CONFIG_SIZE_MAX)
        return FAIL(error, CONFIG_TOO_LARGE, file->size, CONFIG_SIZE_MAX);
    if (!keep(frames, file->size, &text, error) || !reader_read(file, 0, file->size, text, error))
        return false;
    out->text = text;
    out->size = file->size;
    return true;
}

/* A sealed loader takes only text that it knows, and decides so before it reads any of it. */
static bool check_seal(struct configuration *out, struct error *error)
{
    const struct seal *seal = firmware_find_seal();
    uint8_t found[SHA256_SIZE];
    struct sha256 hash;

    if (!seal_check(seal, error))
        return error_in(error, "the loader");
    if (seal->count == 0)
        return true;
    sha256_start(&hash);
    sha256_add(&hash, out->text, out->size);
    sha256_finish(&hash, found);
    if (!seal_take(seal, found, error) || !config_check_hashes(out->text, out->size, error))
        return false;
    log_message(LOG_INFO, "%s is the sealed one", CONFIG_PATH);
    out->is_sealed = true;
    return true;
}

bool configuration_read(struct frames *frames, struct configuration *out, struct error *error)
{
    struct configuration configuration = {0};
    struct reader *file;

    if (!firmware_open_file(CONFIG_PATH, &file, error))
        return error_in(error, CONFIG_PATH);
    bool is_read = read_text(file, frames, &configuration, error);
    reader_close(file);
    if (!is_read || !check_seal(&configuration, error) ||
        !take_entries(frames, &configuration, error))
        return error_in(error, CONFIG_PATH);
    configuration.is_editor_off |= configuration.is_sealed;
    *out = configuration;
    return true;
}
