/* SPDX-License-Identifier: MIT */
/* All entries of a directory, as the loader goes over them. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/units.h"
#include "survey/survey_fat_directory.h"

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

    directory_wrong(directory, offset + 26, 2,
                    is_parent ? "the cluster of \"..\"" : "the cluster of \".\"", cluster);
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
    directory_check_fields(directory, offset);
    if (directory->index == 0 || offset != (is_parent ? FAT_ENTRY_SIZE : 0))
        directory_wrong(directory, offset, FAT_ENTRY_SIZE, "the place of a dot entry",
                        offset / FAT_ENTRY_SIZE);
    else if (!(entry[11] & ATTRIBUTE_DIRECTORY))
        directory_wrong(directory, offset + 11, 1, "the attributes of a dot entry", entry[11]);
    else if (cluster_of(directory, entry) != expected)
        wrong_dot(directory, offset, is_parent);
    else if (load_le32(entry + 28) != 0)
        directory_wrong(directory, offset + 28, 4, "the size of a dot entry",
                        load_le32(entry + 28));
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
        .entry = directory_place(directory, offset),
    };

    directory_check_short_name(directory, offset);
    directory_check_fields(directory, offset);
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
                directory_check_orphans(directory, run, offset);
                run = offset;
            }
            continue;
        }
        directory_check_orphans(directory, run, offset);
        run = offset + FAT_ENTRY_SIZE;
        if (!is_deleted)
            directory_check_label(directory, offset);
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
                    directory_place(directory, offset), 1, ERROR_FAT_BEHIND_END, "",
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
            directory_check_orphans(&directory, check_slots(&directory, before, loader.offset),
                                    loader.offset);
            after = loader.offset;
            break;
        }
        uint64_t offset = loader.offset - FAT_ENTRY_SIZE;
        uint64_t run = check_slots(&directory, before, offset);

        if (run < offset)
            directory_check_long_name(&directory, run, offset, entry.name);
        if (strcmp(entry.name, ".") == 0 || strcmp(entry.name, "..") == 0)
            check_dot(&directory, offset, entry.name[1] == '.');
        else
            take_entry(&directory, offset, &entry);
        if (fat->surveyor->is_out_of_memory)
            break;
    }
    if (index != 0 && directory.dots != 3)
        directory_wrong(&directory, 0, FAT_ENTRY_SIZE,
                        "a directory without \".\" and \"..\": its first byte", bytes[0]);
    if (fat->is_ours && index == 0 && directory.label == 0 && fat->volume.label[0] != '\0')
        PROBLEM(fat, fat->found[index].item, extents[0].start, extents[0].size, FAT_LABEL,
                fat->volume.label, 0);
    check_rest(&directory, after);
    check_names(&directory);
    if (fat->is_reporting && !fat->surveyor->is_out_of_memory)
        fat->surveyor->survey->items[fat->found[index].item].size =
            minimum(after + (after < size), size);
}
