/* SPDX-License-Identifier: MIT */
#include "image/state_image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/boot_state.h"
#include "format/config.h"
#include "format/fat.h"
#include "format/gpt.h"
#include "format/mbr.h"
#include "format/stage.h"
#include "image/boot_conf.h"
#include "image/state_records.h"
#include "survey/survey.h"
#include "system/need.h"

/* ---- boot.conf, where the loader finds it ---- */

static bool find_partition(struct reader *disk, struct window_reader *out, struct error *error)
{
    struct gpt_partition esp;
    struct mbr_partition partition;
    struct mbr mbr;
    struct gpt gpt;

    if (!mbr_read(disk, &mbr, error))
        return false;
    if (mbr_is_protective(&mbr)) {
        if (!gpt_read(disk, &gpt, error) || !gpt_find(disk, &gpt, &GPT_TYPE_ESP, &esp, error))
            return false;
        window_reader_init(out, disk, esp.start, esp.size);
        return true;
    }
    if (!mbr_find(&mbr, ESP_OFFSET, disk->size, &partition, error))
        return false;
    window_reader_init(out, disk, partition.start, partition.size);
    return true;
}

static struct state_entry *entry_at(struct state_image *image, uint32_t number)
{
    while (image->entry_count <= number) {
        image->entries =
            need(reallocarray(image->entries, image->entry_count + 1, sizeof(image->entries[0])));
        image->entries[image->entry_count++] = (struct state_entry){.name = copy_text("")};
    }
    return &image->entries[number];
}

static void take_line(struct state_image *image, const struct config_line *line)
{
    struct state_entry *entry = entry_at(image, line->entry);

    if (line->key == CONFIG_ENTRY) {
        free(entry->name);
        entry->name = format_text("%.*s", (int)line->value.length, line->value.start);
    }
    if (line->key == CONFIG_SLOT) {
        entry->is_slot = true;
        entry->priority = line->priority;
        entry->attempts = line->attempts;
    }
}

/* Names the boot.conf of this image as the object. Returns false. */
static bool error_in_boot_conf(const struct state_image *image, struct error *error)
{
    char *object = format_text("%s, %s", image->path, CONFIG_PATH);

    error_in(error, object);
    free(object);
    return false;
}

static void take_entries(struct state_image *image, const char *text, size_t size,
                         void (*warn)(const struct error *error))
{
    struct config_cursor cursor;

    config_start(&cursor, text, size);
    for (;;) {
        struct config_line line;
        struct error error = {0};

        if (config_next(&cursor, &line, &error)) {
            take_line(image, &line);
        } else if (error.code != ERROR_NONE) {
            error_in_boot_conf(image, &error);
            warn(&error);
        } else {
            break;
        }
    }
    for (size_t i = 0; i < image->entry_count; i++)
        image->entries[i].state_name =
            boot_state_name(image->entries[i].name, strlen(image->entries[i].name));
}

static bool read_boot_conf(struct state_image *image, char **text, size_t *size,
                           struct error *error)
{
    static struct fat_volume volume; /* large */
    struct window_reader partition;
    struct fat_file file;

    if (!find_partition(&image->file.reader, &partition, error) ||
        !fat_open(&partition.reader, &volume, error)) {
        error_in(error, image->path);
        return false;
    }
    if (!fat_open_file(&volume, CONFIG_PATH, &file, error)) {
        if (error->code != ERROR_FILE_NOT_FOUND)
            return error_in_boot_conf(image, error);
        FAIL_WITH(error, IMAGE_FILE_MISSING, CONFIG_PATH);
        error_in(error, image->path);
        return false;
    }
    if (!boot_conf_load(&file.reader, text, error))
        return error_in_boot_conf(image, error);
    *size = file.reader.size;
    return true;
}

bool state_image_read_entries(struct state_image *image, void (*warn)(const struct error *error),
                              struct error *error)
{
    char *text;
    size_t size;

    if (!read_boot_conf(image, &text, &size, error))
        return false;
    take_entries(image, text, size, warn);
    free(text);
    return true;
}

/* ---- The records ---- */

/* The most that a sector has, and what the system reads in order to write a part of it. */
enum { WHOLE_SIZE = 4096 };

/* A record that cannot be read is one that is not whole. */
static bool read_records(struct state_image *image, struct error *error)
{
    struct bowline_state *records = image->records;
    struct reader *disk = &image->file.reader;
    bool has_record = false;
    struct error unused;

    if (disk->size < boot_state_place(1) + WHOLE_SIZE)
        return FAIL(error, STATE_NONE);
    for (int i = 0; i < 2; i++) {
        if (!reader_read(disk, boot_state_place(i), sizeof(records[i]), &records[i], &unused))
            records[i] = (struct bowline_state){0};
        has_record |= records[i].magic == BOWLINE_STATE_MAGIC;
    }
    if (!has_record && !survey_is_ours(disk))
        return FAIL(error, STATE_NONE);
    image->newest = bowline_state_newest(records);
    image->is_wiped = !has_record;
    return true;
}

bool state_image_open(const char *path, struct state_image *out, struct error *error)
{
    *out = (struct state_image){.path = path, .file.fd = -1, .newest = -1};
    if (!host_file_or_disk_open(path, &out->file, error))
        return false;
    return read_records(out, error) || error_in(error, path);
}

void state_image_close(struct state_image *image)
{
    if (image->file.fd >= 0)
        reader_close(&image->file.reader);
    for (size_t i = 0; i < image->entry_count; i++)
        free(image->entries[i].name);
    free(image->entries);
}

bool state_image_now(const struct state_image *image, const struct bowline_state **out,
                     struct error *error)
{
    if (image->newest < 0) {
        if (image->is_wiped)
            FAIL(error, STATE_WIPED);
        else
            FAIL(error, STATE_DAMAGED);
        error_in(error, image->path);
        return false;
    }
    *out = &image->records[image->newest];
    return true;
}

/* ---- Entries ---- */

bool state_image_find(const struct state_image *image, const char *name,
                      const struct state_entry **out, struct error *error)
{
    for (size_t i = 0; i < image->entry_count; i++) {
        if (strcmp(image->entries[i].name, name) == 0) {
            *out = &image->entries[i];
            return true;
        }
    }
    FAIL_WITH(error, STATE_NO_ENTRY, name);
    return error_in(error, image->path);
}

static const struct state_entry *find_number(const struct state_image *image, const char *text)
{
    const struct bowline_state *now;
    struct error unused;
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    if (!state_image_now(image, &now, &unused) || *end != '\0' || number < 1 ||
        number > BOWLINE_STATE_SLOTS || now->slots[number - 1].name == 0)
        return NULL;
    for (size_t i = 0; i < image->entry_count; i++)
        if (image->entries[i].state_name == now->slots[number - 1].name)
            return &image->entries[i];
    return NULL;
}

bool state_image_find_slot(const struct state_image *image, const char *name_or_number,
                           const struct state_entry **out, struct error *error)
{
    const struct state_entry *found = NULL;

    if (!state_image_find(image, name_or_number, &found, error))
        found = find_number(image, name_or_number);
    if (found == NULL)
        return false;
    if (!found->is_slot) {
        FAIL_WITH(error, STATE_NO_SLOT, found->name);
        return error_in(error, image->path);
    }
    *out = found;
    return true;
}

static void forget_others(const struct state_image *image, struct bowline_state *record)
{
    for (size_t i = 0; i < BOWLINE_STATE_SLOTS; i++) {
        bool is_known = false;

        for (size_t j = 0; j < image->entry_count; j++)
            is_known |=
                image->entries[j].is_slot && image->entries[j].state_name == record->slots[i].name;
        if (!is_known)
            record->slots[i] = (struct bowline_state_slot){0};
    }
}

bool state_image_place(const struct state_image *image, struct bowline_state *record,
                       const struct state_entry *slot, struct bowline_state_slot **out,
                       struct error *error)
{
    uint32_t number = bowline_state_take(record, slot->state_name, slot->attempts);

    if (number == 0) {
        forget_others(image, record);
        number = bowline_state_take(record, slot->state_name, slot->attempts);
    }
    if (number == 0) {
        FAIL(error, STATE_FULL, BOWLINE_STATE_SLOTS);
        return error_in(error, image->path);
    }
    *out = &record->slots[number - 1];
    return true;
}

/* ---- Writing ---- */

bool state_image_advance(const struct state_image *image, struct bowline_state *out,
                         struct error *error)
{
    const struct bowline_state *now;

    if (!state_image_now(image, &now, error))
        return false;
    *out = *now;
    out->sequence++;
    return true;
}

static bool write_bytes(int fd, const char *bytes, size_t size, uint64_t offset,
                        struct error *error)
{
    size_t done = 0;

    while (done < size) {
        ssize_t written = pwrite(fd, bytes + done, size - done, (off_t)(offset + done));

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return FAIL_WITH(error, STATE_WRITE, strerror(errno));
        done += (size_t)written;
    }
    return fsync(fd) == 0 || FAIL_WITH(error, STATE_WRITE, strerror(errno));
}

/*
 * Of a sector that cannot be read no part can be written: what lies behind the record in it is
 * nobody's, and lost anyway. Written as a whole it may be good again.
 */
static bool write_in_place(int fd, const struct bowline_state *record, uint64_t offset,
                           struct error *error)
{
    char whole[WHOLE_SIZE] = {0};
    struct error unused;

    if (host_read(fd, offset, sizeof(whole), whole, &unused))
        return write_bytes(fd, (const char *)record, sizeof(*record), offset, error);
    memset(whole, 0, sizeof(whole));
    memcpy(whole, record, sizeof(*record));
    return write_bytes(fd, whole, sizeof(whole), offset, error);
}

/* From the medium, as far as the system lets one ask for that. */
static bool read_back(int fd, const struct bowline_state *record, uint64_t offset,
                      struct error *error)
{
    struct bowline_state found;

    posix_fadvise(fd, (off_t)offset, sizeof(found), POSIX_FADV_DONTNEED);
    if (!host_read(fd, offset, sizeof(found), &found, error))
        return false;
    return memcmp(&found, record, sizeof(found)) == 0 ||
           FAIL_WITH(error, HOST_VERIFY, "boot state", offset);
}

static bool write_record(const struct state_image *image, int place,
                         const struct bowline_state *record, struct error *error)
{
    uint64_t offset = boot_state_place(place);
    int fd = open(image->path, O_RDWR | O_CLOEXEC);
    bool is_written = false;

    if (fd >= 0)
        is_written =
            write_in_place(fd, record, offset, error) && read_back(fd, record, offset, error);
    else
        FAIL_WITH(error, STATE_WRITE, strerror(errno));
    if (fd >= 0)
        close(fd);
    return is_written || error_in(error, image->path);
}

bool state_image_write(struct state_image *image, struct bowline_state *next, struct error *error)
{
    int place = 1 - image->newest;

    bowline_state_seal(next);
    if (!write_record(image, place, next, error))
        return false;
    image->records[place] = *next;
    image->newest = place;
    return true;
}

/* The one that counts is written last, so that a power cut leaves it or a new one. */
bool state_image_reset(struct state_image *image, struct error *error)
{
    struct bowline_state records[2];
    int first = image->newest == 0 ? 1 : 0;

    state_records_make(records);
    if (!write_record(image, first, &records[first], error) ||
        !write_record(image, 1 - first, &records[1 - first], error))
        return false;
    memcpy(image->records, records, sizeof(records));
    image->newest = 0;
    image->is_wiped = false;
    return true;
}
