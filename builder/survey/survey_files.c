/* SPDX-License-Identifier: MIT */
/* What the loader will look for on its volume: boot.conf, what that names, the kernel. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "format/config.h"
#include "image/boot_conf_check.h"
#include "kernel/application.h"
#include "kernel/unpacked.h"
#include "survey/survey_fat.h"

static struct survey_file *find_file(const struct fat_survey *fat, const char *path)
{
    struct survey *survey = fat->surveyor->survey;

    for (size_t i = 0; i < survey->file_count; i++)
        if (survey->files[i].volume == fat->index && strcasecmp(survey->files[i].path, path) == 0)
            return &survey->files[i];
    return NULL;
}

/* The directory that a file should be in, or the nearest one above that there is. */
static size_t nearest_directory(const struct fat_survey *fat, const char *path)
{
    char directory[1024];
    char *slash;

    snprintf(directory, sizeof(directory), "%s", path);
    while ((slash = strrchr(directory, '/')) != NULL) {
        const struct survey_file *found;

        slash[slash == directory] = '\0';
        found = find_file(fat, directory);
        if (found != NULL)
            return found->item;
        if (slash == directory)
            break;
    }
    return fat->boot_item;
}

void fat_report_missing(struct fat_survey *fat, const char *path, const struct config_line *line)
{
    size_t item = nearest_directory(fat, path);
    const struct survey_item *directory = &fat->surveyor->survey->items[item];

    if (line != NULL)
        DAMAGE_WITH(fat->surveyor, item, directory->start, directory->size, CONFIG_FILE_MISSING,
                    path, line->line, line->column);
    else
        DAMAGE_WITH(fat->surveyor, item, directory->start, directory->size, IMAGE_FILE_MISSING,
                    path, 0);
}

/* ---- boot.conf ---- */

/* A kernel or module that boot.conf names. False: it is not there, which has been said. */
static bool open_named(struct fat_survey *fat, const char *path, const struct config_line *line,
                       struct fat_file *out)
{
    const struct survey_file *file = find_file(fat, path);
    struct error error = {0};

    if (fat_open_file(&fat->volume, path, out, &error))
        return true;
    if (error.code == ERROR_FILE_NOT_FOUND)
        fat_report_missing(fat, path, line);
    else if (file != NULL && fat->surveyor->survey->items[file->item].state != SURVEY_DAMAGED)
        survey_note(fat->surveyor, file->item, SURVEY_DAMAGED,
                    fat->surveyor->survey->items[file->item].start, file->size, &error);
    return false;
}

/* A packed module has to be without a fault: whoever unpacks it at the boot does not go on. */
static void check_module(struct fat_survey *fat, const char *path, struct fat_file *reader)
{
    const struct survey_file *file = find_file(fat, path);
    struct survey *survey = fat->surveyor->survey;
    struct error error = {0};
    struct unpacked module;

    if (unpacked_open(path, &reader->reader, -1, &module, &error))
        unpacked_close(&module);
    else if (file != NULL && survey->items[file->item].state != SURVEY_DAMAGED)
        survey_note(fat->surveyor, file->item, SURVEY_DAMAGED, survey->items[file->item].start,
                    file->size, &error);
}

static void check_kernel(struct fat_survey *fat, const char *path, struct fat_file *reader)
{
    struct survey *survey = fat->surveyor->survey;
    const struct survey_file *file = find_file(fat, path);
    struct error error = {0};
    struct unpacked kernel;

    if (unpacked_open(path, &reader->reader, -1, &kernel, &error)) {
        survey->has_kernel = kernel_check(kernel.reader, -1, &survey->kernel, &error);
        unpacked_close(&kernel);
    }
    if (!survey->has_kernel && file != NULL && survey->items[file->item].state != SURVEY_DAMAGED)
        survey_note(fat->surveyor, file->item, SURVEY_DAMAGED, survey->items[file->item].start,
                    file->size, &error);
}

static void check_chainloaded(struct fat_survey *fat, const char *path, struct fat_file *reader)
{
    struct survey *survey = fat->surveyor->survey;
    const struct survey_file *file = find_file(fat, path);
    struct error error = {0};

    if (!application_check(&reader->reader, &error) && file != NULL &&
        survey->items[file->item].state != SURVEY_DAMAGED)
        survey_note(fat->surveyor, file->item, SURVEY_DAMAGED, survey->items[file->item].start,
                    file->size, &error);
}

/* `default_entry`: the one whose kernel boots. The last kernel of it counts, as in the loader. */
static void take_named(struct fat_survey *fat, const struct config_line *line,
                       uint32_t default_entry)
{
    struct survey *survey = fat->surveyor->survey;
    char *path = strndup(line->value.start, line->value.length);
    struct fat_file reader;
    bool is_there;

    if (path == NULL) {
        fat->surveyor->is_out_of_memory = true;
        return;
    }
    if (line->key == CONFIG_OPTIONAL && find_file(fat, path) == NULL) {
        free(path);
        return;
    }
    is_there = open_named(fat, path, line, &reader);
    if (is_there && line->key == CONFIG_CHAINLOAD)
        check_chainloaded(fat, path, &reader);
    if (line->key == CONFIG_KERNEL && line->entry == default_entry) {
        if (is_there)
            check_kernel(fat, path, &reader);
        free(survey->kernel_path);
        survey->kernel_path = path;
    } else {
        if (is_there && line->key != CONFIG_KERNEL)
            check_module(fat, path, &reader);
        free(path);
    }
}

/* boot.conf, which is being looked through, and the places in it. */
struct look {
    struct fat_survey *fat;
    size_t item;
    uint64_t place, size;     /* of the line, in bytes of the disk */
    struct config_line named; /* the last line that named a file */
    bool is_named;
};

static void blame_line(void *context, const struct error *error)
{
    const struct look *look = context;

    survey_note(look->fat->surveyor, look->item, SURVEY_DAMAGED, look->place, look->size, error);
}

static void note_line(void *context, const struct error *error)
{
    const struct look *look = context;

    survey_note(look->fat->surveyor, look->item, SURVEY_ODD, look->place, look->size, error);
}

static bool has_partition(void *context, uint32_t number)
{
    const struct survey *survey = ((const struct look *)context)->fat->surveyor->survey;

    for (size_t i = 0; i < survey->partition_count; i++)
        if (survey->partitions[i].number == number)
            return true;
    return false;
}

/* The file that was named last against the hash that it is to have. */
static void take_hash(struct look *look, const struct config_line *line)
{
    struct survey *survey = look->fat->surveyor->survey;
    struct expected_hash expected = {.is_known = true};
    const struct survey_file *file;
    struct error error = {0};
    char *path;

    if (!look->is_named || look->named.entry != line->entry) {
        FAIL(&error, CONFIG_HASH_OF_NOTHING, line->line, line->column);
        blame_line(look, &error);
        return;
    }
    path = strndup(look->named.value.start, look->named.value.length);
    if (path == NULL) {
        look->fat->surveyor->is_out_of_memory = true;
        return;
    }
    file = find_file(look->fat, path);
    free(path);
    if (file == NULL || !file->has_sha256) /* which has been said */
        return;
    memcpy(expected.sha256, line->sha256, sizeof(expected.sha256));
    if (!expected_hash_check(&expected, file->sha256, &error))
        survey_note(look->fat->surveyor, file->item, SURVEY_DAMAGED,
                    survey->items[file->item].start, file->size, &error);
}

static void take_line(struct look *look, const struct config_line *line, uint32_t default_entry)
{
    if (line->key == CONFIG_SHA256)
        take_hash(look, line);
    if (config_names_file(line)) {
        take_named(look->fat, line, default_entry);
        look->named = *line;
        look->is_named = true;
    }
}

static void parse(struct fat_survey *fat, const struct survey_file *file)
{
    struct survey *survey = fat->surveyor->survey;
    const struct survey_item *item = &survey->items[file->item];
    struct look look = {.fat = fat, .item = file->item, .place = item->start, .size = item->size};
    struct boot_conf_critic critic = {&look, has_partition, blame_line, note_line};
    struct config_cursor cursor;
    struct error missing = {0};
    uint32_t default_entry;

    if (!config_default_entry(survey->boot_conf, survey->boot_conf_size, &default_entry, &missing))
        blame_line(&look, &missing);
    config_start(&cursor, survey->boot_conf, survey->boot_conf_size);
    while (!fat->surveyor->is_out_of_memory) {
        const char *start = cursor.position;
        struct config_line line;
        struct error error = {0};
        bool is_right = config_next(&cursor, &line, &error);

        if (!is_right && error.code == ERROR_NONE)
            break;
        item = &survey->items[file->item];
        look.place =
            extents_place(item->extents, item->extent_count, (uint64_t)(start - survey->boot_conf));
        look.size = (uint64_t)(cursor.position - start);
        if (is_right)
            take_line(&look, &line, default_entry);
        else
            blame_line(&look, &error);
    }
    look.place = item->start;
    look.size = item->size;
    boot_conf_check(survey->boot_conf, survey->boot_conf_size, &critic);
}

static void check_boot_conf(struct fat_survey *fat)
{
    struct survey *survey = fat->surveyor->survey;
    const struct survey_file *file = find_file(fat, CONFIG_PATH);
    struct fat_file reader;
    struct error error = {0};
    char *text;

    if (file == NULL) {
        if (survey->is_ours)
            fat_report_missing(fat, CONFIG_PATH, NULL);
        return;
    }
    if (fat_open_file(&fat->volume, CONFIG_PATH, &reader, &error) &&
        reader.reader.size > CONFIG_SIZE_MAX)
        FAIL(&error, CONFIG_TOO_LARGE, reader.reader.size, CONFIG_SIZE_MAX);
    if (error.code == ERROR_NONE) {
        text = malloc(reader.reader.size + 1);
        if (text == NULL) {
            fat->surveyor->is_out_of_memory = true;
            return;
        }
        if (reader_read(&reader.reader, 0, reader.reader.size, text, &error)) {
            text[reader.reader.size] = '\0';
            survey->boot_conf = text;
            survey->boot_conf_size = reader.reader.size;
            parse(fat, file);
            return;
        }
        free(text);
    }
    if (file->has_sha256 || file->is_directory)
        survey_note(fat->surveyor, file->item, SURVEY_DAMAGED, survey->items[file->item].start,
                    file->size, &error);
}

void fat_survey_boot_files(struct fat_survey *fat)
{
    fat_survey_applications(fat);
    if (!fat->surveyor->is_out_of_memory)
        check_boot_conf(fat);
}
