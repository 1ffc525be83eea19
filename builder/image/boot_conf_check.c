/* SPDX-License-Identifier: MIT */
#include "image/boot_conf_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bowline_state.h>

#include "format/config.h"
#include "system/need.h"

/* ---- Names ---- */

/* By their names, and those of one name as they stand in the text. */
static int compare_entries(const void *one, const void *other)
{
    const struct config_line *a = one, *b = other;
    size_t common = a->value.length < b->value.length ? a->value.length : b->value.length;
    int order = memcmp(a->value.start, b->value.start, common);

    if (order == 0)
        order = (a->value.length > b->value.length) - (a->value.length < b->value.length);
    return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

static bool is_same_name(const struct config_line *a, const struct config_line *b)
{
    return a->value.length == b->value.length &&
           memcmp(a->value.start, b->value.start, a->value.length) == 0;
}

/* The lines `entry`. The caller frees them. */
static struct config_line *list_entries(const char *text, size_t length, size_t *count)
{
    struct config_cursor cursor;
    struct config_line line, *entries;
    size_t capacity = 1;

    config_start(&cursor, text, length);
    while (config_next_good(&cursor, &line))
        capacity += line.key == CONFIG_ENTRY;
    entries = need(calloc(capacity, sizeof(*entries)));
    *count = 0;
    config_start(&cursor, text, length);
    while (config_next_good(&cursor, &line))
        if (line.key == CONFIG_ENTRY)
            entries[(*count)++] = line;
    return entries;
}

static void tell(const struct boot_conf_critic *critic,
                 void (*hear)(void *context, const struct error *error), enum error_code code,
                 const struct config_line *line, const char *detail, uint64_t number)
{
    struct error error = {0};

    error_set_with(&error, code, detail, (const uint64_t[4]){line->line, line->column, number});
    hear(critic->context, &error);
}

static void tell_value(const struct boot_conf_critic *critic,
                       void (*hear)(void *context, const struct error *error), enum error_code code,
                       const struct config_line *line)
{
    char *value = format_text("%.*s", (int)line->value.length, line->value.start);

    tell(critic, hear, code, line, value, 0);
    free(value);
}

static void check_names(const char *text, size_t length, const struct boot_conf_critic *critic)
{
    size_t count;
    struct config_line *entries = list_entries(text, length, &count);

    qsort(entries, count, sizeof(*entries), compare_entries);
    for (size_t i = 1; i < count; i++)
        if (is_same_name(&entries[i - 1], &entries[i]))
            tell_value(critic, critic->refuse, ERROR_CONFIG_SAME_NAME, &entries[i]);
    free(entries);
}

/* ---- Lines ---- */

struct check {
    const struct boot_conf_critic *critic;
    uint32_t entry, default_entry;
    struct config_line begin; /* of the entry */
    struct config_line
        lines[CONFIG_PLACES]; /* of the entry and of the loader; its line is 0: none yet */
    size_t slot_count;
    bool is_default_slot;
};

static void refuse_beside_kernel(const struct check *check, unsigned place)
{
    if (check->lines[place].line != 0)
        tell(check->critic, check->critic->refuse, ERROR_CONFIG_KERNEL_AND_CHAINLOAD,
             &check->lines[place], "", check->lines[CONFIG_KERNEL].line);
}

static void end_entry(struct check *check)
{
    const struct boot_conf_critic *critic = check->critic;
    const struct config_line *lines = check->lines;

    if (lines[CONFIG_KERNEL].line != 0) {
        refuse_beside_kernel(check, CONFIG_CHAINLOAD);
        refuse_beside_kernel(check, CONFIG_PARTITION);
    } else if (lines[CONFIG_CHAINLOAD].line == 0 && lines[CONFIG_PARTITION].line == 0) {
        tell_value(critic, critic->refuse, ERROR_CONFIG_NO_KERNEL, &check->begin);
    }
    if (lines[CONFIG_SLOT].line != 0) {
        check->is_default_slot |= check->entry == check->default_entry;
        if (++check->slot_count == BOWLINE_STATE_SLOTS + 1)
            tell(critic, critic->note, ERROR_CONFIG_UNCOUNTED_SLOT, &lines[CONFIG_SLOT], "",
                 BOWLINE_STATE_SLOTS);
    }
}

static void begin_entry(struct check *check, const struct config_line *line)
{
    if (line->entry != check->entry) {
        end_entry(check);
        for (unsigned place = 0; place < CONFIG_PLACES; place++)
            if (!config_is_of_loader(place))
                check->lines[place] = (struct config_line){0};
        check->entry = line->entry;
    }
    check->begin = *line;
}

static void take_line(struct check *check, const struct config_line *line)
{
    const struct boot_conf_critic *critic = check->critic;
    unsigned place = config_place(line);

    if (line->key == CONFIG_ENTRY)
        begin_entry(check, line);
    if (place != CONFIG_MANY && check->lines[place].line != 0)
        tell(critic, critic->refuse, ERROR_CONFIG_REPEATED, line, config_word(line->key),
             check->lines[place].line);
    if (place == CONFIG_PARTITION && !critic->has_partition(critic->context, line->partition))
        tell(critic, critic->refuse, ERROR_CONFIG_PARTITION_MISSING, line, "", line->partition);
    check->lines[place] = *line;
}

void boot_conf_check(const char *text, size_t length, const struct boot_conf_critic *critic)
{
    struct check check = {.critic = critic, .begin = {.line = 1, .column = 1}};
    struct config_cursor cursor;
    struct config_line line;
    struct error missing;
    bool has_default =
        config_default_entry(text, length, &check.default_entry, &missing); /* or said elsewhere */

    config_start(&cursor, text, length);
    while (config_next_good(&cursor, &line))
        take_line(&check, &line);
    end_entry(&check);
    if (has_default && check.lines[CONFIG_DEFAULT].line != 0 && check.slot_count > 0 &&
        !check.is_default_slot)
        tell_value(critic, critic->note, ERROR_CONFIG_DEFAULT_NO_SLOT,
                   &check.lines[CONFIG_DEFAULT]);
    check_names(text, length, critic);
}
