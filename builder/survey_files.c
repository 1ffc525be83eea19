/* SPDX-License-Identifier: MIT */
/* What the loader will look for on its volume: boot.conf, what that names, the UEFI application. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/units.h"
#include "boot_conf.h"
#include "format/config.h"
#include "survey_fat.h"

/* Files that are taken for a UEFI application are read whole. */
enum { APPLICATION_SIZE_MAX = 16 * 1024 * 1024 };

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

/* `line` of boot.conf names it; 0: every image has it. */
static void report_missing(struct fat_survey *fat, const char *path, uint32_t line)
{
    size_t item = nearest_directory(fat, path);
    const struct survey_item *directory = &fat->surveyor->survey->items[item];

    if (line != 0)
        DAMAGE_WITH(fat->surveyor, item, directory->start, directory->size, CONFIG_FILE_MISSING,
                    path, line);
    else
        DAMAGE_WITH(fat->surveyor, item, directory->start, directory->size, IMAGE_FILE_MISSING,
                    path, 0);
}

/* ---- boot.conf ---- */

/* A kernel or module that boot.conf names. False: it is not there, which has been said. */
static bool open_named(struct fat_survey *fat, const char *path, uint32_t line,
                       struct fat_file *out)
{
    const struct survey_file *file = find_file(fat, path);
    struct error error = {0};

    if (fat_open_file(&fat->volume, path, out, &error))
        return true;
    if (error.code == ERROR_FILE_NOT_FOUND)
        report_missing(fat, path, line);
    else if (file != NULL && fat->surveyor->survey->items[file->item].state != SURVEY_DAMAGED)
        survey_note(fat->surveyor, file->item, SURVEY_DAMAGED,
                    fat->surveyor->survey->items[file->item].start, file->size, &error);
    return false;
}

static void check_kernel(struct fat_survey *fat, const char *path, struct fat_file *reader)
{
    struct survey *survey = fat->surveyor->survey;
    const struct survey_file *file = find_file(fat, path);
    struct error error = {0};

    survey->has_kernel = kernel_check(&reader->reader, -1, &survey->kernel, &error);
    if (!survey->has_kernel && file != NULL && survey->items[file->item].state != SURVEY_DAMAGED)
        survey_note(fat->surveyor, file->item, SURVEY_DAMAGED, survey->items[file->item].start,
                    file->size, &error);
}

static void take_named(struct fat_survey *fat, const struct config_line *line, bool is_first_entry)
{
    struct survey *survey = fat->surveyor->survey;
    char *path = strndup(line->value.start, line->value.length);
    struct fat_file reader;
    bool is_there;

    if (path == NULL) {
        fat->surveyor->is_out_of_memory = true;
        return;
    }
    is_there = open_named(fat, path, line->line, &reader);
    if (line->key == CONFIG_KERNEL && is_first_entry) { /* the last one counts, as in the loader */
        if (is_there)
            check_kernel(fat, path, &reader);
        free(survey->kernel_path);
        survey->kernel_path = path;
    } else {
        free(path);
    }
}

static void parse(struct fat_survey *fat, const struct survey_file *file)
{
    struct survey *survey = fat->surveyor->survey;
    const struct survey_item *item = &survey->items[file->item];
    struct config_cursor cursor;
    uint32_t entries = 0;

    config_start(&cursor, survey->boot_conf, survey->boot_conf_size);
    while (!fat->surveyor->is_out_of_memory) {
        const char *start = cursor.position;
        struct config_line line;
        struct error error = {0};
        bool is_right = config_next(&cursor, &line, &error);

        if (!is_right && error.code == ERROR_NONE)
            break;
        if (!is_right)
            survey_note(fat->surveyor, file->item, SURVEY_DAMAGED,
                        extents_place(item->extents, item->extent_count,
                                      (uint64_t)(start - survey->boot_conf)),
                        (uint64_t)(cursor.position - start), &error);
        else if (line.key == CONFIG_ENTRY)
            entries++;
        else if (line.key == CONFIG_KERNEL || line.key == CONFIG_MODULE)
            take_named(fat, &line, entries < 2);
    }
    if (survey->kernel_path == NULL)
        DAMAGE(fat->surveyor, file->item, item->start, item->size, CONFIG_NO_KERNEL, 0);
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
            report_missing(fat, CONFIG_PATH, 0);
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

/* ---- UEFI applications ---- */

enum {
    PE_MACHINE_X64 = 0x8664,
    PE_MACHINE_IA32 = 0x14c,
    PE_APPLICATION = 10, /* subsystem (PE format, "Windows Subsystem") */
    PE_CHECKSUM = 64,    /* in the optional header */
    PE_SUBSYSTEM = 68,
    PE_OPTIONAL_HEADER = 24,
};

struct application {
    struct fat_survey *fat;
    const struct survey_file *file;
    uint8_t *bytes;
    size_t size;
};

static void wrong_field(const struct application *application, uint64_t offset, uint64_t size,
                        const char *field, uint64_t found, uint64_t expected)
{
    const struct survey_item *item =
        &application->fat->surveyor->survey->items[application->file->item];

    DAMAGE_WITH(application->fat->surveyor, application->file->item,
                extents_place(item->extents, item->extent_count, offset), size, APPLICATION_FIELD,
                field, found, expected);
}

/* The sum of all 16-bit words with their carries, and the length (PE format, "CheckSum"). */
static uint32_t pe_checksum(const uint8_t *bytes, size_t size, size_t place)
{
    uint32_t sum = 0;

    for (size_t i = 0; i + 1 < size; i += 2) {
        sum += i == place || i == place + 2 ? 0 : load_le16(bytes + i);
        sum = (sum & 0xffff) + (sum >> 16);
    }
    if (size % 2 != 0)
        sum += bytes[size - 1];
    sum = (sum & 0xffff) + (sum >> 16);
    return sum + (uint32_t)size;
}

/* BOOTX64.EFI, BOOTIA32.EFI: firmware takes the one for its own processor. */
static uint16_t machine_for(const char *path)
{
    size_t length = strlen(path);

    if (length >= 8 && strcasecmp(path + length - 8, "IA32.EFI") == 0)
        return PE_MACHINE_IA32;
    return length >= 7 && strcasecmp(path + length - 7, "X64.EFI") == 0 ? PE_MACHINE_X64 : 0;
}

/* Returns the place of the checksum; 0: it is not to be found. */
static size_t check_headers(const struct application *application)
{
    const uint8_t *bytes = application->bytes;
    uint16_t machine = machine_for(application->file->path);
    uint32_t header;

    if (application->size < 0x40 || load_le16(bytes) != 0x5a4d) {
        wrong_field(application, 0, 2, "the signature \"MZ\"",
                    application->size < 2 ? 0 : load_le16(bytes), 0x5a4d);
        return 0;
    }
    header = load_le32(bytes + 0x3c);
    if (header > application->size - 0x40 || application->size - header < PE_OPTIONAL_HEADER + 96 ||
        load_le32(bytes + header) != 0x4550) {
        wrong_field(application, 0x3c, 4, "the place of the PE header", header, 0x80);
        return 0;
    }
    if (machine != 0 && load_le16(bytes + header + 4) != machine)
        wrong_field(application, header + 4, 2, "the machine", load_le16(bytes + header + 4),
                    machine);
    if (load_le16(bytes + header + PE_OPTIONAL_HEADER + PE_SUBSYSTEM) != PE_APPLICATION)
        wrong_field(application, header + PE_OPTIONAL_HEADER + PE_SUBSYSTEM, 2, "the subsystem",
                    load_le16(bytes + header + PE_OPTIONAL_HEADER + PE_SUBSYSTEM), PE_APPLICATION);
    return header + PE_OPTIONAL_HEADER + PE_CHECKSUM;
}

/* Only our own is judged by more than its headers: by its checksum, or else byte by byte. */
static void check_application(const struct application *application)
{
    struct surveyor *surveyor = application->fat->surveyor;
    struct survey *survey = surveyor->survey;
    const struct stage_bytes *own = surveyor->own != NULL ? &surveyor->own->uefi_application : NULL;
    size_t place;
    uint32_t checksum, expected;

    survey_find_version(application->bytes, application->size, survey->application_version);
    if (own != NULL && own->size == application->size &&
        memcmp(own->bytes, application->bytes, own->size) == 0)
        return;
    place = check_headers(application);
    if (place == 0 || survey->items[application->file->item].state != SURVEY_WHOLE ||
        (survey->application_version[0] == '\0' && !survey->is_ours))
        return;
    checksum = load_le32(application->bytes + place);
    expected = pe_checksum(application->bytes, application->size, place);
    if (checksum != 0 && checksum != expected)
        wrong_field(application, place, 4, "the checksum of all its bytes", expected, checksum);
    if (checksum != 0 || own == NULL || !survey->is_own_version)
        return;
    for (size_t i = 0; i < minimum(own->size, application->size); i++) {
        if (own->bytes[i] != application->bytes[i]) {
            wrong_field(application, i, 1, "a byte", application->bytes[i], own->bytes[i]);
            return;
        }
    }
    wrong_field(application, 0, application->size, "its size", application->size, own->size);
}

/* Is it where every firmware looks? */
static bool is_default_path(const char *path)
{
    return strncasecmp(path, "/EFI/BOOT/BOOT", 14) == 0 && machine_for(path) != 0;
}

static bool read_application(struct fat_survey *fat, const struct survey_file *file,
                             struct application *out)
{
    struct fat_file reader;
    struct error error = {0};

    if (file->is_directory || !file->has_sha256 || file->size == 0 ||
        file->size > APPLICATION_SIZE_MAX ||
        !fat_open_file(&fat->volume, file->path, &reader, &error) ||
        reader.reader.size != file->size)
        return false;
    *out = (struct application){fat, file, malloc(file->size), file->size};
    if (out->bytes == NULL) {
        fat->surveyor->is_out_of_memory = true;
        return false;
    }
    if (reader_read(&reader.reader, 0, out->size, out->bytes, &error))
        return true;
    free(out->bytes);
    return false;
}

/* A file that looks like our application, where no firmware looks. */
static bool is_application(struct fat_survey *fat, const struct survey_file *file)
{
    struct application application;
    char version[SURVEY_VERSION_SIZE];
    bool is_ours;

    if (!read_application(fat, file, &application))
        return false;
    survey_find_version(application.bytes, application.size, version);
    is_ours = version[0] != '\0' && load_le16(application.bytes) == 0x5a4d;
    free(application.bytes);
    return is_ours;
}

static void check_applications(struct fat_survey *fat)
{
    struct survey *survey = fat->surveyor->survey;
    bool is_there = false, is_elsewhere = false;

    for (size_t i = 0; i < survey->file_count && !fat->surveyor->is_out_of_memory; i++) {
        const struct survey_file *file = &survey->files[i];
        struct application application;

        if (file->volume != fat->index || file->is_directory || !is_default_path(file->path))
            continue;
        is_there = true;
        if (!read_application(fat, file, &application))
            continue;
        check_application(&application);
        free(application.bytes);
    }
    if (is_there || !survey->is_ours)
        return;
    for (size_t i = 0; i < survey->file_count && !is_elsewhere; i++)
        is_elsewhere =
            survey->files[i].volume == fat->index && is_application(fat, &survey->files[i]);
    if (is_elsewhere || !survey->has_stages || fat->lost > 0 || fat->problems > 0)
        report_missing(fat, IMAGE_UEFI_PATH, 0);
    else
        ODD(fat->surveyor, fat->boot_item, survey->items[fat->boot_item].start,
            survey->items[fat->boot_item].size, BIOS_ONLY, 0);
}

void fat_survey_boot_files(struct fat_survey *fat)
{
    check_applications(fat);
    if (!fat->surveyor->is_out_of_memory)
        check_boot_conf(fat);
}
