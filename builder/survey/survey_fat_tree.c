/* SPDX-License-Identifier: MIT */
/* All directories of a FAT file system, and the chain of clusters of everything in them. */
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "survey/survey_fat.h"

enum {
    DIRECTORY_SIZE_MAX = 65536 * FAT_ENTRY_SIZE, /* FAT 1.03, section 6 */
    PATH_SIZE_MAX = 4096,
    ROOT = 0,
};

void fat_problem(struct fat_survey *fat, size_t item, enum survey_state state, uint64_t start,
                 uint64_t size, enum error_code code, const char *detail, const uint64_t numbers[4])
{
    fat->problems += state == SURVEY_DAMAGED;
    if (fat->is_reporting)
        survey_note_with(fat->surveyor, item, state, start, size, code, detail, numbers);
}

static char *name_of(const struct fat_survey *fat, const char *name)
{
    size_t size = strlen(fat->prefix) + strlen(name) + 1;
    char *whole = malloc(size);

    if (whole != NULL) {
        strcpy(whole, fat->prefix);
        strcat(whole, name);
    }
    return whole;
}

size_t fat_add_item(struct fat_survey *fat, enum survey_kind kind, uint64_t start, uint64_t size,
                    const char *name)
{
    char *whole = name_of(fat, name);
    size_t item;

    if (whole == NULL) {
        fat->surveyor->is_out_of_memory = true;
        return SURVEY_NO_ITEM;
    }
    item = survey_add(fat->surveyor, kind, fat->depth, fat->start + start, size, whole);
    free(whole);
    return item;
}

uint64_t extents_place(const struct survey_extent *extents, size_t count, uint64_t offset)
{
    for (size_t i = 0; i < count; i++) {
        if (offset < extents[i].size)
            return extents[i].start + offset;
        offset -= extents[i].size;
    }
    return count > 0 ? extents[count - 1].start + extents[count - 1].size : 0;
}

size_t fat_add_found(struct fat_survey *fat, const struct fat_found *found)
{
    struct fat_found *grown =
        survey_grow(fat->surveyor, fat->found, fat->found_count, sizeof(*fat->found));

    if (grown == NULL) {
        free(found->path);
        return 0;
    }
    fat->found = grown;
    fat->found[fat->found_count] = *found;
    return fat->found_count++;
}

void fat_forget(struct fat_survey *fat)
{
    for (size_t i = 0; i < fat->found_count; i++)
        free(fat->found[i].path);
    free(fat->found);
    free(fat->owners);
    fat->found = NULL;
    fat->found_count = 0;
    fat->owners = NULL;
    fat->problems = 0;
}

/* ---- One chain ---- */

struct pieces {
    struct survey_extent *extents;
    size_t count;
    uint64_t clusters;
};

static void add_cluster(struct fat_survey *fat, struct pieces *pieces, uint32_t cluster)
{
    uint64_t place = fat->start + fat_cluster_offset(&fat->volume, cluster);
    struct survey_extent *last = pieces->count > 0 ? &pieces->extents[pieces->count - 1] : NULL;

    pieces->clusters++;
    if (last != NULL && last->start + last->size == place) {
        last->size += fat->volume.cluster_size;
        return;
    }
    struct survey_extent *grown =
        survey_grow(fat->surveyor, pieces->extents, pieces->count, sizeof(*grown));
    if (grown == NULL)
        return;
    pieces->extents = grown;
    grown[pieces->count++] = (struct survey_extent){place, fat->volume.cluster_size};
}

/* The cluster's entry in the table, on the disk. */
static uint64_t table_place(const struct fat_survey *fat, uint32_t cluster)
{
    return fat->start + fat->volume.fat_start + (uint64_t)cluster * fat->volume.type / 8;
}

static void wrong_first_cluster(struct fat_survey *fat, const struct fat_found *file)
{
    bool is_root = file == fat->found;

    PROBLEM(fat, is_root ? fat->boot_item : fat->found[file->parent].item,
            is_root ? fat->start + 44 : file->entry, is_root ? 4 : FAT_ENTRY_SIZE,
            FAT_FIRST_CLUSTER, file->path, file->first_cluster);
}

/* What led to a cluster that cannot be meant: an entry of the table, or of a directory. */
static void wrong_link(struct fat_survey *fat, const struct fat_found *file, uint32_t from,
                       uint32_t to)
{
    if (from == 0)
        wrong_first_cluster(fat, file);
    else
        PROBLEM(fat, fat->table_items[0], table_place(fat, from), 4, FAT_CHAIN, "", from, to);
}

/*
 * Two files have the same cluster. Where one of them begins with it, its directory entry may be
 * what is wrong.
 */
static void cross_link(struct fat_survey *fat, const struct fat_found *file, uint32_t from,
                       uint32_t to, const struct fat_found *owner)
{
    bool is_first = from == 0 && file != fat->found;

    PROBLEM(fat, is_first ? fat->found[file->parent].item : fat->table_items[0],
            is_first ? file->entry : table_place(fat, from), is_first ? FAT_ENTRY_SIZE : 4,
            FAT_CROSS_LINK, owner->path, to);
    if (to == owner->first_cluster && owner != fat->found && owner != file)
        PROBLEM(fat, fat->found[owner->parent].item, owner->entry, FAT_ENTRY_SIZE, FAT_CROSS_LINK,
                file->path, to);
}

/* Follows the chain and takes its clusters. */
static bool follow(struct fat_survey *fat, size_t index, struct pieces *pieces)
{
    const struct fat_found *file = &fat->found[index];
    struct fat_volume *volume = &fat->volume;
    uint32_t from = 0, cluster = file->first_cluster;
    struct error error = {0};

    while (!fat->surveyor->is_out_of_memory) {
        uint32_t next;

        if (!fat_is_cluster(volume, cluster)) {
            wrong_link(fat, file, from, cluster);
            return false;
        }
        uint32_t *owner = &fat->owners[cluster - 2];
        if (*owner != 0) {
            cross_link(fat, file, from, cluster, &fat->found[*owner - 1]);
            return false;
        }
        *owner = (uint32_t)(index + 1);
        add_cluster(fat, pieces, cluster);
        if (!fat_next_cluster(volume, cluster, &next, &error)) {
            PROBLEM(fat, fat->table_items[0], table_place(fat, cluster), 4, FAT_CHAIN, "", cluster,
                    FAT_END);
            return false;
        }
        if (next == FAT_END)
            return true;
        if (next == FAT_FREE) { /* it has no chain: what leads to it is wrong */
            wrong_link(fat, file, from, cluster);
            return false;
        }
        from = cluster;
        cluster = next;
    }
    return false;
}

static void check_length(struct fat_survey *fat, const struct fat_found *file, uint64_t clusters)
{
    uint64_t cluster_size = fat->volume.cluster_size;
    uint64_t needed = file->size / cluster_size + (file->size % cluster_size != 0);

    if (!file->is_directory && clusters != needed)
        PROBLEM(fat, fat->found[file->parent].item, file->entry + 28, 4, FAT_LENGTH, file->path,
                clusters, needed, file->size);
    if (file->is_directory && file->size != 0)
        PROBLEM(fat, fat->found[file->parent].item, file->entry + 28, 4, FAT_ENTRY,
                "the size of a directory", file->size);
}

/* ---- Directories ---- */

static void read_directory(struct fat_survey *fat, size_t index, const struct pieces *pieces)
{
    uint8_t *bytes;
    uint64_t size = 0, done = 0;

    for (size_t i = 0; i < pieces->count; i++)
        size += pieces->extents[i].size;
    if (size > DIRECTORY_SIZE_MAX) {
        PROBLEM(fat, fat->found[index].item, pieces->extents[0].start, size, FAT_ENTRY,
                "the size of the directory", size);
        return;
    }
    bytes = malloc(size > 0 ? size : 1);
    if (bytes == NULL) {
        fat->surveyor->is_out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < pieces->count; i++) {
        struct error error = {0};

        if (!reader_read(fat->surveyor->disk, pieces->extents[i].start, pieces->extents[i].size,
                         bytes + done, &error)) {
            fat->problems++;
            if (fat->is_reporting)
                survey_note(fat->surveyor, fat->found[index].item, SURVEY_DAMAGED,
                            pieces->extents[i].start, pieces->extents[i].size, &error);
            free(bytes);
            return;
        }
        done += pieces->extents[i].size;
    }
    fat_check_directory(fat, index, bytes, size, pieces->extents, pieces->count);
    free(bytes);
}

/* The root of FAT12 and FAT16 lies at a place of its own. */
static void take_fixed_root(struct fat_survey *fat, struct pieces *pieces)
{
    struct survey_extent *extent = survey_grow(fat->surveyor, NULL, 0, sizeof(*extent));

    if (extent == NULL)
        return;
    *extent = (struct survey_extent){fat->start + fat->volume.root_start, fat->volume.root_size};
    pieces->extents = extent;
    pieces->count = 1;
}

static void add_file_item(struct fat_survey *fat, size_t index, const struct pieces *pieces)
{
    const struct fat_found *file = &fat->found[index];
    struct survey_extent *copy = NULL;
    char *name;

    fat->found[index].item = SURVEY_NO_ITEM;
    if (!fat->is_reporting)
        return;
    name = name_of(fat, file->path);
    if (pieces->count > 0)
        copy = malloc(pieces->count * sizeof(*copy));
    if (name == NULL || (pieces->count > 0 && copy == NULL)) {
        fat->surveyor->is_out_of_memory = true;
        free(copy);
    } else {
        if (copy != NULL)
            memcpy(copy, pieces->extents, pieces->count * sizeof(*copy));
        fat->found[index].item =
            survey_add_pieces(fat->surveyor, file->is_directory ? SURVEY_DIRECTORY : SURVEY_FILE,
                              fat->depth, copy, pieces->count, file->size, name);
    }
    free(name);
}

static void visit(struct fat_survey *fat, size_t index)
{
    struct pieces pieces = {0};
    struct fat_found file = fat->found[index];

    if (index == ROOT && fat->volume.type != FAT32) {
        take_fixed_root(fat, &pieces);
        file.is_chain_whole = true;
    } else if (!file.is_directory && file.size == 0 && file.first_cluster == 0) {
        file.is_chain_whole = true;
    } else {
        file.is_chain_whole = follow(fat, index, &pieces);
        if (file.is_chain_whole)
            check_length(fat, &file, pieces.clusters);
    }
    fat->found[index].is_chain_whole = file.is_chain_whole;
    if (!fat->surveyor->is_out_of_memory)
        add_file_item(fat, index, &pieces);
    if (file.is_directory && pieces.count > 0 && !fat->surveyor->is_out_of_memory) {
        if (strlen(file.path) > PATH_SIZE_MAX)
            ODDITY(fat, fat->found[index].item, pieces.extents[0].start, pieces.extents[0].size,
                   FAT_DEEP, "", PATH_SIZE_MAX);
        else
            read_directory(fat, index, &pieces);
    }
    free(pieces.extents);
}

void fat_walk(struct fat_survey *fat)
{
    struct fat_found root = {
        .path = strdup("/"), .first_cluster = fat->volume.root_cluster, .is_directory = true};

    fat->owners = calloc(fat->volume.cluster_count, sizeof(*fat->owners));
    if (fat->owners == NULL || root.path == NULL) {
        fat->surveyor->is_out_of_memory = true;
        free(root.path);
        return;
    }
    fat_add_found(fat, &root);
    for (size_t i = 0; i < fat->found_count && !fat->surveyor->is_out_of_memory; i++)
        visit(fat, i);
}
