/* SPDX-License-Identifier: MIT */
/* The entries of a directory (FAT 1.03, sections 6 and 7). */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/units.h"
#include "survey_fat.h"

enum {
    NAME_SIZE = 11,
    DELETED = 0xe5,
    KANJI_E5 = 0x05, /* stands for 0xe5 at the start of a name */
    LAST_PART = 0x40,
    UNITS_PER_PART = 13,
    ATTRIBUTE_LABEL = 0x08,
    ATTRIBUTE_DIRECTORY = 0x10,
    ATTRIBUTE_ARCHIVE = 0x20,
    ATTRIBUTE_LONG_NAME = 0x0f,
    ATTRIBUTES_RESERVED = 0xc0,
    LOWER_CASE = 0x18, /* Windows NT: base or extension is in lower case */
};

struct directory {
    struct fat_survey *fat;
    size_t index; /* into fat->found */
    const uint8_t *bytes;
    uint64_t size;
    const struct survey_extent *extents;
    size_t extent_count;
    uint64_t label; /* offset of the volume label, plus 1 */
    unsigned dots;  /* "." and ".." have been met */
    size_t name_count;
    char **names; /* folded: long and short ones */
};

static uint64_t place_of(const struct directory *directory, uint64_t offset)
{
    return extents_place(directory->extents, directory->extent_count, offset);
}

static void wrong(struct directory *directory, uint64_t offset, uint64_t size, const char *what,
                  uint64_t found)
{
    struct fat_survey *fat = directory->fat;

    PROBLEM(fat, fat->found[directory->index].item, place_of(directory, offset), size, FAT_ENTRY,
            what, found, offset / FAT_ENTRY_SIZE);
}

/* ---- Short entries ---- */

static bool is_short_character(uint8_t byte)
{
    return byte >= 0x80 || (byte > ' ' && byte != 0x7f && !islower(byte) &&
                            strchr("\"*+,./:;<=>?[\\]|", byte) == NULL);
}

static void check_short_name(struct directory *directory, uint64_t offset)
{
    const uint8_t *name = directory->bytes + offset;

    for (size_t i = 0; i < NAME_SIZE; i++) {
        bool is_padding = name[i] == ' ' && i != 0;

        if (!is_short_character(name[i]) && !is_padding && !(i == 0 && name[i] == KANJI_E5)) {
            wrong(directory, offset + i, 1, "a byte of a short name", name[i]);
            return;
        }
    }
}

static bool is_date(uint16_t date)
{
    unsigned month = date >> 5 & 15, day = date & 31;

    return date == 0 || (month >= 1 && month <= 12 && day >= 1);
}

static bool is_time(uint16_t time)
{
    return time >> 11 < 24 && (time >> 5 & 63) < 60 && (time & 31) < 30;
}

static void check_times(struct directory *directory, uint64_t offset)
{
    const uint8_t *entry = directory->bytes + offset;

    if (entry[13] > 199)
        wrong(directory, offset + 13, 1, "the hundredths of its creation", entry[13]);
    if (!is_time(load_le16(entry + 14)))
        wrong(directory, offset + 14, 2, "the time of its creation", load_le16(entry + 14));
    if (!is_date(load_le16(entry + 16)))
        wrong(directory, offset + 16, 2, "the date of its creation", load_le16(entry + 16));
    if (!is_date(load_le16(entry + 18)))
        wrong(directory, offset + 18, 2, "the date of its last use", load_le16(entry + 18));
    if (!is_time(load_le16(entry + 22)))
        wrong(directory, offset + 22, 2, "the time of its last change", load_le16(entry + 22));
    if (!is_date(load_le16(entry + 24)) || (directory->fat->is_ours && load_le16(entry + 24) == 0))
        wrong(directory, offset + 24, 2, "the date of its last change", load_le16(entry + 24));
}

static void check_fields(struct directory *directory, uint64_t offset)
{
    const uint8_t *entry = directory->bytes + offset;

    if (entry[11] & ATTRIBUTES_RESERVED)
        wrong(directory, offset + 11, 1, "the attributes of an entry", entry[11]);
    if (entry[12] & ~LOWER_CASE)
        wrong(directory, offset + 12, 1, "the case of a short name", entry[12]);
    if (directory->fat->is_ours && directory->fat->volume.type != FAT32 &&
        load_le16(entry + 20) != 0)
        wrong(directory, offset + 20, 2, "a reserved field", load_le16(entry + 20));
    check_times(directory, offset);
}

/* The volume label: one, in the root, and the same as in the boot sector. */
static void check_label(struct directory *directory, uint64_t offset)
{
    struct fat_survey *fat = directory->fat;
    const uint8_t *entry = directory->bytes + offset;
    char label[NAME_SIZE + 1] = {0};

    if (directory->index != 0 || directory->label != 0 ||
        (entry[11] & ~(ATTRIBUTE_LABEL | ATTRIBUTE_ARCHIVE)) != 0) {
        wrong(directory, offset, FAT_ENTRY_SIZE, "the attributes of a label", entry[11]);
        return;
    }
    directory->label = offset + 1;
    check_fields(directory, offset);
    if (load_le16(entry + 20) != 0 || load_le16(entry + 26) != 0)
        wrong(directory, offset + 26, 2, "the cluster of the label", load_le16(entry + 26));
    if (load_le32(entry + 28) != 0)
        wrong(directory, offset + 28, 4, "the size of the label", load_le32(entry + 28));
    memcpy(label, entry, NAME_SIZE);
    for (size_t end = NAME_SIZE; end > 0 && label[end - 1] == ' '; end--)
        label[end - 1] = '\0';
    if (fat->volume.label[0] != '\0' && strcmp(label, fat->volume.label) != 0)
        fat_problem(fat, fat->found[directory->index].item,
                    fat->is_ours ? SURVEY_DAMAGED : SURVEY_ODD, place_of(directory, offset),
                    NAME_SIZE, ERROR_FAT_LABEL, fat->volume.label, (const uint64_t[4]){0});
}

/* ---- Long names ---- */

static uint8_t checksum_of(const uint8_t *name)
{
    uint8_t sum = 0;

    for (size_t i = 0; i < NAME_SIZE; i++)
        sum = (uint8_t)((sum >> 1 | sum << 7) + name[i]);
    return sum;
}

/* One NUL behind the name, then 0xffff; pairs of surrogates; nothing that a path cannot hold. */
static bool are_units_right(const uint8_t *last_part, unsigned parts)
{
    static const uint8_t places[UNITS_PER_PART] = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
    bool has_ended = false, is_half = false;

    for (unsigned i = 0; i < parts * UNITS_PER_PART; i++) {
        const uint8_t *part = last_part + (parts - 1 - i / UNITS_PER_PART) * FAT_ENTRY_SIZE;
        uint16_t unit = load_le16(part + places[i % UNITS_PER_PART]);
        bool is_low = unit >= 0xdc00 && unit < 0xe000;

        if (has_ended) {
            if (unit != 0xffff)
                return false;
            continue;
        }
        if (is_half != is_low)
            return false;
        is_half = unit >= 0xd800 && unit < 0xdc00;
        if (unit == 0) {
            if (i <= (parts - 1) * UNITS_PER_PART)
                return false; /* the part would not be needed */
            has_ended = true;
        } else if (unit < 0x20 || unit == 0xffff ||
                   (unit < 0x80 && strchr("\"*/:<>?\\|", unit) != NULL)) {
            return false;
        }
    }
    return !is_half;
}

/* The parts lie in [start, offset), the short entry that they belong to at `offset`. */
static void check_long_name(struct directory *directory, uint64_t start, uint64_t offset,
                            const char *name)
{
    struct fat_survey *fat = directory->fat;
    unsigned parts = (unsigned)((offset - start) / FAT_ENTRY_SIZE);
    uint8_t checksum = checksum_of(directory->bytes + offset);
    bool is_right = parts <= 20;

    for (unsigned i = 0; i < parts && is_right; i++) {
        const uint8_t *part = directory->bytes + start + i * FAT_ENTRY_SIZE;

        is_right = part[0] == ((parts - i) | (i == 0 ? LAST_PART : 0)) && part[12] == 0 &&
                   part[11] == ATTRIBUTE_LONG_NAME && part[13] == checksum &&
                   load_le16(part + 26) == 0;
    }
    if (is_right && are_units_right(directory->bytes + start, parts))
        return;
    PROBLEM(fat, fat->found[directory->index].item, place_of(directory, start), offset - start,
            FAT_LONG_NAME, name, start / FAT_ENTRY_SIZE);
}

/* Parts of a long name that no short entry follows. */
static void check_orphans(struct directory *directory, uint64_t start, uint64_t end)
{
    if (start < end)
        wrong(directory, start, end - start, "a long name without a file: its first byte",
              directory->bytes[start]);
}

/* ---- All of a directory ---- */

static uint32_t cluster_of(const struct directory *directory, const uint8_t *entry)
{
    uint32_t cluster = load_le16(entry + 26);

    if (directory->fat->volume.type == FAT32)
        cluster |= (uint32_t)load_le16(entry + 20) << 16;
    return cluster;
}

static bool is_dot(const uint8_t *entry)
{
    return memcmp(entry, ".          ", NAME_SIZE) == 0;
}

static bool is_dot_dot(const uint8_t *entry)
{
    return memcmp(entry, "..         ", NAME_SIZE) == 0;
}

/* The entry that led to this directory leads to the wrong place. */
static void wrong_way_here(struct directory *directory)
{
    struct fat_survey *fat = directory->fat;
    const struct fat_found *self = &fat->found[directory->index];

    PROBLEM(fat, fat->found[self->parent].item, self->entry, FAT_ENTRY_SIZE, FAT_FIRST_CLUSTER,
            self->path, self->first_cluster);
}

/*
 * A dot entry that says something else. If ".." is the way to another directory, it is that one's
 * child which was found here, and not the one that was looked for.
 */
static void wrong_dot(struct directory *directory, uint64_t offset, bool is_parent)
{
    struct fat_survey *fat = directory->fat;
    uint32_t cluster = cluster_of(directory, directory->bytes + offset);
    uint8_t first[FAT_ENTRY_SIZE];

    wrong(directory, offset + 26, 2, is_parent ? "the cluster of \"..\"" : "the cluster of \".\"",
          cluster);
    if (is_parent && fat_is_cluster(&fat->volume, cluster) &&
        survey_peek(fat->surveyor, fat->start + fat_cluster_offset(&fat->volume, cluster),
                    sizeof(first), first) &&
        is_dot(first) && cluster_of(directory, first) == cluster)
        wrong_way_here(directory);
}

/* "." is the directory itself, ".." the one that it lies in; the root is 0 there. */
static void check_dot(struct directory *directory, uint64_t offset, bool is_parent)
{
    struct fat_survey *fat = directory->fat;
    const struct fat_found *self = &fat->found[directory->index];
    const uint8_t *entry = directory->bytes + offset;
    uint32_t expected = !is_parent          ? self->first_cluster
                        : self->parent == 0 ? 0
                                            : fat->found[self->parent].first_cluster;

    directory->dots |= is_parent ? 2 : 1;
    check_fields(directory, offset);
    if (directory->index == 0 || offset != (is_parent ? FAT_ENTRY_SIZE : 0))
        wrong(directory, offset, FAT_ENTRY_SIZE, "the place of a dot entry",
              offset / FAT_ENTRY_SIZE);
    else if (!(entry[11] & ATTRIBUTE_DIRECTORY))
        wrong(directory, offset + 11, 1, "the attributes of a dot entry", entry[11]);
    else if (cluster_of(directory, entry) != expected)
        wrong_dot(directory, offset, is_parent);
    else if (load_le32(entry + 28) != 0)
        wrong(directory, offset + 28, 4, "the size of a dot entry", load_le32(entry + 28));
}

static void add_name(struct directory *directory, const char *name)
{
    char **grown = survey_grow(directory->fat->surveyor, directory->names, directory->name_count,
                               sizeof(*grown));
    char *folded = strdup(name);

    if (grown != NULL)
        directory->names = grown;
    if (grown == NULL || folded == NULL) {
        directory->fat->surveyor->is_out_of_memory = true;
        free(folded);
        return;
    }
    for (char *c = folded; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c + 'a' - 'A');
    grown[directory->name_count++] = folded;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void check_names(struct directory *directory)
{
    struct fat_survey *fat = directory->fat;

    if (directory->name_count > 0)
        qsort(directory->names, directory->name_count, sizeof(*directory->names), compare_names);
    for (size_t i = 1; i < directory->name_count; i++)
        if (strcmp(directory->names[i - 1], directory->names[i]) == 0)
            PROBLEM(fat, fat->found[directory->index].item, directory->extents[0].start,
                    directory->extents[0].size, FAT_NAME_TWICE, directory->names[i], 0);
    for (size_t i = 0; i < directory->name_count; i++)
        free(directory->names[i]);
    free(directory->names);
}

static char *join(const char *path, const char *name)
{
    size_t length = strlen(path);
    char *whole = malloc(length + 1 + strlen(name) + 1);

    if (whole != NULL) {
        memcpy(whole, path, length + 1);
        if (length > 1)
            strcat(whole, "/");
        strcat(whole, name);
    }
    return whole;
}

static void take_entry(struct directory *directory, uint64_t offset, const struct fat_entry *entry)
{
    struct fat_survey *fat = directory->fat;
    struct fat_found found = {
        .path = join(fat->found[directory->index].path, entry->name),
        .parent = directory->index,
        .first_cluster = entry->first_cluster,
        .size = entry->size,
        .is_directory = entry->is_directory,
        .entry = place_of(directory, offset),
    };

    check_short_name(directory, offset);
    check_fields(directory, offset);
    add_name(directory, entry->name);
    if (strcasecmp(entry->name, entry->short_name) != 0)
        add_name(directory, entry->short_name);
    if (found.path == NULL)
        fat->surveyor->is_out_of_memory = true;
    else
        fat_add_found(fat, &found);
}

/* What the loader has gone over to reach an entry, or the end. Returns where its long name begins.
 */
static uint64_t check_slots(struct directory *directory, uint64_t start, uint64_t end)
{
    uint64_t run = start; /* parts of a long name */

    for (uint64_t offset = start; offset < end; offset += FAT_ENTRY_SIZE) {
        const uint8_t *slot = directory->bytes + offset;
        bool is_deleted = slot[0] == DELETED;

        if (!is_deleted && (slot[11] & 0x3f) == ATTRIBUTE_LONG_NAME) {
            if ((slot[0] & LAST_PART) && run < offset) {
                check_orphans(directory, run, offset);
                run = offset;
            }
            continue;
        }
        check_orphans(directory, run, offset);
        run = offset + FAT_ENTRY_SIZE;
        if (!is_deleted)
            check_label(directory, offset);
    }
    return run;
}

/* Does the table still have a chain for an entry that the directory ends with? */
static bool has_chain(struct directory *directory, uint64_t offset)
{
    struct fat_volume *volume = &directory->fat->volume;
    uint32_t cluster, next;
    struct error error = {0};

    while (offset < directory->size && directory->bytes[offset + 11] == ATTRIBUTE_LONG_NAME)
        offset += FAT_ENTRY_SIZE;
    if (offset >= directory->size)
        return false;
    cluster = cluster_of(directory, directory->bytes + offset);
    return fat_is_cluster(volume, cluster) && fat_next_cluster(volume, cluster, &next, &error) &&
           next != FAT_FREE;
}

/*
 * Behind the first entry that was never used there is nothing. What stands there was cut off: by
 * damage, if clusters are still in use for it.
 */
static void check_rest(struct directory *directory, uint64_t end)
{
    struct fat_survey *fat = directory->fat;

    for (uint64_t offset = end; offset < directory->size; offset++) {
        if (directory->bytes[offset] == 0)
            continue;
        fat_problem(fat, fat->found[directory->index].item,
                    has_chain(directory, align_down(offset, FAT_ENTRY_SIZE)) ? SURVEY_DAMAGED
                                                                             : SURVEY_ODD,
                    place_of(directory, offset), 1, ERROR_FAT_BEHIND_END, "",
                    (const uint64_t[4]){offset / FAT_ENTRY_SIZE, end / FAT_ENTRY_SIZE});
        return;
    }
}

void fat_check_directory(struct fat_survey *fat, size_t index, const uint8_t *bytes, uint64_t size,
                         const struct survey_extent *extents, size_t count)
{
    struct directory directory = {.fat = fat,
                                  .index = index,
                                  .bytes = bytes,
                                  .size = size,
                                  .extents = extents,
                                  .extent_count = count};
    struct fat_directory loader; /* the loader reads it, and what it has gone over is looked at */
    struct fat_entry entry;
    struct error error = {0};
    uint64_t after = size;
    bool end = false;

    if (index != 0 && !is_dot(bytes) && !is_dot_dot(bytes + FAT_ENTRY_SIZE)) {
        wrong_way_here(&directory);
        return;
    }
    fat_start_file(&fat->volume, fat->found[index].first_cluster, 0, &loader.file);
    loader.offset = 0;
    for (;;) {
        uint64_t before = loader.offset;

        if (!fat_read_entry(&loader, &entry, &end, &error) || loader.offset > size) {
            after = size; /* its chain is damaged, which was said */
            break;
        }
        if (end) {
            check_orphans(&directory, check_slots(&directory, before, loader.offset),
                          loader.offset);
            after = loader.offset;
            break;
        }
        uint64_t offset = loader.offset - FAT_ENTRY_SIZE;
        uint64_t run = check_slots(&directory, before, offset);

        if (run < offset)
            check_long_name(&directory, run, offset, entry.name);
        if (strcmp(entry.name, ".") == 0 || strcmp(entry.name, "..") == 0)
            check_dot(&directory, offset, entry.name[1] == '.');
        else
            take_entry(&directory, offset, &entry);
        if (fat->surveyor->is_out_of_memory)
            break;
    }
    if (index != 0 && directory.dots != 3)
        wrong(&directory, 0, FAT_ENTRY_SIZE, "a directory without \".\" and \"..\": its first byte",
              bytes[0]);
    if (fat->is_ours && index == 0 && directory.label == 0 && fat->volume.label[0] != '\0')
        PROBLEM(fat, fat->found[index].item, extents[0].start, extents[0].size, FAT_LABEL,
                fat->volume.label, 0);
    check_rest(&directory, after);
    check_names(&directory);
    if (fat->is_reporting && !fat->surveyor->is_out_of_memory)
        fat->surveyor->survey->items[fat->found[index].item].size =
            minimum(after + (after < size), size);
}
