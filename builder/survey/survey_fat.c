/* SPDX-License-Identifier: MIT */
/* FAT file systems: boot sectors, then the tree by whichever FAT makes more sense, then the files.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/units.h"
#include "format/stage.h"
#include "listener.h"
#include "survey/survey_fat.h"
#include "system/content.h"

static uint64_t entries_size(const struct fat_volume *volume)
{
    return ((volume->cluster_count + UINT64_C(2)) * volume->type + 7) / 8;
}

/* ---- Several FATs ---- */

/* Does FAT `copy` say the same as the first? If not, *at is the first byte in which they differ. */
static bool is_same_table(struct fat_survey *fat, uint32_t copy, uint64_t *at)
{
    static uint8_t first[64 * 1024], other[sizeof(first)];
    uint64_t start = fat->start + fat->volume.fat_start, size = entries_size(&fat->volume);

    for (uint64_t done = 0; done < size;) {
        uint64_t part = minimum(size - done, sizeof(first));

        if (!survey_peek(fat->surveyor, start + done, part, first) ||
            !survey_peek(fat->surveyor, start + copy * fat->volume.fat_size + done, part, other))
            return true; /* that it cannot be read is said elsewhere */
        for (uint64_t i = 0; i < part && memcmp(first, other, part) != 0; i++) {
            if (first[i] != other[i]) {
                *at = done + i;
                return false;
            }
        }
        done += part;
    }
    return true;
}

/* The table's entry, with the bits that FAT32 reserves. */
static uint32_t raw_entry(struct fat_survey *fat, uint32_t copy, uint32_t cluster)
{
    uint64_t place = fat->start + fat->volume.fat_start + copy * fat->volume.fat_size +
                     (uint64_t)cluster * fat->volume.type / 8;
    uint8_t bytes[4] = {0};

    survey_peek(fat->surveyor, place, fat->volume.type == FAT32 ? 4 : 2, bytes);
    if (fat->volume.type == FAT12)
        return (load_le16(bytes) >> (cluster % 2 * 4)) & 0xfff;
    return fat->volume.type == FAT16 ? load_le16(bytes) : load_le32(bytes);
}

/* Clusters that are in use and belong to nothing; of all others, how many are free. */
static uint32_t find_lost(struct fat_survey *fat, uint32_t *first, uint32_t *free_clusters)
{
    uint32_t bad = fat->volume.type == FAT12   ? 0xff7
                   : fat->volume.type == FAT16 ? 0xfff7
                                               : 0x0ffffff7;
    uint32_t lost = 0;

    *free_clusters = 0;
    for (uint32_t i = 0; i < fat->volume.cluster_count; i++) {
        struct error error = {0};
        uint32_t next;

        if (!fat_next_cluster(&fat->volume, i + 2, &next, &error))
            return lost;
        if (next == FAT_FREE)
            ++*free_clusters;
        else if (fat->owners[i] == 0 && next != bad && lost++ == 0)
            *first = i + 2;
    }
    return lost;
}

/* What a FAT's own two first entries, and bits that nobody uses, say against it. */
static uint64_t count_oddities(struct fat_survey *fat, uint32_t copy, uint64_t differing_byte)
{
    uint32_t cluster = (uint32_t)(differing_byte * 8 / fat->volume.type);
    uint32_t ones = fat->volume.type == FAT12   ? 0xfff
                    : fat->volume.type == FAT16 ? 0xffff
                                                : 0x0fffffff;
    uint32_t media = fat->overlay.sector[21], entry = raw_entry(fat, copy, cluster);

    if (cluster == 0)
        return (entry & ones) != ((0xffffff00 | media) & ones);
    if (cluster == 1)
        return (entry & ones) != ones;
    return fat->volume.type == FAT32 && entry >> 28 != 0;
}

/* How much is wrong with the tree by the FAT that volume->fat_start says. */
static uint64_t count_problems(struct fat_survey *fat)
{
    uint64_t problems;
    uint32_t first, free_clusters;

    fat_walk(fat);
    problems = fat->problems;
    if (!fat->surveyor->is_out_of_memory)
        problems += find_lost(fat, &first, &free_clusters);
    fat_forget(fat);
    return problems;
}

/*
 * Holds each further FAT against the first. Where they differ, the one is to blame by which the
 * tree makes less sense, or both if nothing tells. Leaves volume->fat_start at the better one.
 */
static void compare_tables(struct fat_survey *fat)
{
    uint64_t first_start = fat->volume.fat_start, best = first_start;

    for (uint32_t copy = 1; copy < fat->tables && !fat->surveyor->is_out_of_memory; copy++) {
        uint64_t at, mine, other;
        uint32_t cluster;

        if (is_same_table(fat, copy, &at))
            continue;
        cluster = (uint32_t)(at * 8 / fat->volume.type);
        mine = count_problems(fat) + count_oddities(fat, 0, at);
        other = count_oddities(fat, copy, at);

        uint32_t a = raw_entry(fat, 0, cluster), b = raw_entry(fat, copy, cluster);

        fat->volume.fat_start = first_start + copy * fat->volume.fat_size;
        fat->volume.cache_length = 0;
        other += count_problems(fat);
        if (other < mine)
            best = fat->volume.fat_start;
        fat->volume.fat_start = first_start;
        fat->volume.cache_length = 0;
        for (int is_copy = 0; is_copy <= 1; is_copy++)
            if (is_copy ? other >= mine : mine >= other)
                DAMAGE(fat->surveyor, fat->table_items[is_copy ? copy : 0],
                       fat->start + first_start + (is_copy ? copy * fat->volume.fat_size : 0) + at,
                       4, FAT_TABLES, cluster, is_copy ? b : a, is_copy ? a : b);
    }
    fat->volume.fat_start = best;
}

/* The first two entries are no clusters': the media byte, and whether the volume was closed. */
static void check_first_entries(struct fat_survey *fat)
{
    uint32_t type = fat->volume.type;
    uint32_t ones = type == FAT12 ? 0xfff : type == FAT16 ? 0xffff : 0x0fffffff;
    uint32_t clean = type == FAT12 ? 0 : type == FAT16 ? 0xc000 : 0x0c000000;
    uint32_t media = (0xffffff00 | fat->overlay.sector[21]) & ones;
    uint32_t first = raw_entry(fat, 0, 0) & ones, second = raw_entry(fat, 0, 1) & ones;
    uint64_t place = fat->start + fat->volume.fat_start;

    if (fat->surveyor->survey->items[fat->table_items[0]].state != SURVEY_WHOLE)
        return;
    if (first != media)
        DAMAGE_WITH(fat->surveyor, fat->table_items[0], place, 4, FAT_FIELD, "its first entry",
                    first, media);
    if ((second | clean) != ones)
        DAMAGE_WITH(fat->surveyor, fat->table_items[0], place + type / 8, 4, FAT_FIELD,
                    "its second entry", second, ones);
    else if (second != ones)
        ODD(fat->surveyor, fat->table_items[0], place + type / 8, 4, FAT_IN_USE, second);
}

static void add_tables(struct fat_survey *fat)
{
    uint64_t used = entries_size(&fat->volume);
    bool is_mirrored = fat->volume.type != FAT32 || !(fat->overlay.sector[40] & 0x80);

    fat->tables = is_mirrored ? fat->volume.fat_count : 1;
    fat->tables = (uint32_t)minimum(fat->tables, COUNT_OF(fat->table_items));
    for (uint32_t i = 0; i < fat->tables; i++) {
        char name[24];

        snprintf(name, sizeof(name), "FAT %u", i + 1);
        fat->table_items[i] = fat_add_item(
            fat, SURVEY_FAT_TABLE, fat->volume.fat_start + i * fat->volume.fat_size, used, name);
    }
}

/* ---- Files ---- */

static struct survey_file *add_file(struct fat_survey *fat, struct fat_found *found)
{
    struct survey *survey = fat->surveyor->survey;
    struct survey_file *grown =
        survey_grow(fat->surveyor, survey->files, survey->file_count, sizeof(*grown));

    if (grown == NULL)
        return NULL;
    survey->files = grown;
    grown += survey->file_count++;
    *grown = (struct survey_file){
        .item = found->item,
        .volume = fat->index,
        .path = found->path,
        .is_directory = found->is_directory,
        .size = found->is_directory ? 0 : found->size,
    };
    found->path = NULL;
    return grown;
}

/* All files are read, to be hashed: that takes the time. */
static void expect_work(const struct fat_survey *fat)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < fat->found_count; i++)
        if (!fat->found[i].is_directory && fat->found[i].is_chain_whole)
            bytes += fat->found[i].size;
    listener_expect(bytes);
}

static void take_files(struct fat_survey *fat)
{
    expect_work(fat);
    for (size_t i = 0; i < fat->found_count; i++) {
        const bool is_readable = fat->found[i].is_chain_whole;
        struct fat_found found = fat->found[i];
        struct survey_file *file = add_file(fat, &fat->found[i]);
        struct fat_file reader;
        struct error error = {0};

        if (file == NULL)
            return;
        if (file->is_directory || !is_readable)
            continue;
        fat_start_file(&fat->volume, found.first_cluster, found.size, &reader);
        file->has_sha256 = hash_reader(&reader.reader, file->sha256, &error);
        if (!file->has_sha256 && fat->surveyor->survey->items[file->item].state == SURVEY_WHOLE &&
            error.code != ERROR_FAT_CHAIN) /* which was said: the chain is too short */
            survey_note(fat->surveyor, file->item, SURVEY_DAMAGED,
                        fat->surveyor->survey->items[file->item].start, file->size, &error);
    }
}

/* ---- A volume ---- */

static void add_volume(struct fat_survey *fat, uint32_t partition)
{
    struct survey *survey = fat->surveyor->survey;
    struct survey_volume *grown =
        survey_grow(fat->surveyor, survey->volumes, survey->volume_count, sizeof(*grown));
    const struct fat_volume *volume = &fat->volume;

    if (grown == NULL)
        return;
    survey->volumes = grown;
    fat->index = survey->volume_count++;
    grown += fat->index;
    *grown = (struct survey_volume){
        .start = fat->start,
        .size = volume->data_start + (uint64_t)volume->cluster_count * volume->cluster_size,
        .partition = partition,
        .type = volume->type,
        .sector_size = volume->sector_size,
        .cluster_size = volume->cluster_size,
        .cluster_count = volume->cluster_count,
        .volume_id = load_le32(fat->overlay.sector + (volume->type == FAT32 ? 67 : 39)),
    };
    memcpy(grown->label, volume->label, sizeof(grown->label));
    if (fat->is_boot)
        survey->boot_volume = fat->index;
}

static void survey_tree(struct fat_survey *fat)
{
    struct survey *survey = fat->surveyor->survey;
    uint32_t first = 0, free_clusters = 0;

    fat->is_reporting = true;
    fat_walk(fat);
    if (fat->surveyor->is_out_of_memory)
        return;
    fat->lost = find_lost(fat, &first, &free_clusters);
    survey->volumes[fat->index].free_clusters = free_clusters;
    /* After other damage it is a consequence. */
    if (fat->lost > 0 && fat->problems == 0 &&
        survey->items[fat->table_items[0]].state != SURVEY_DAMAGED)
        DAMAGE(fat->surveyor, fat->table_items[0],
               fat->start + fat->volume.fat_start + (uint64_t)first * fat->volume.type / 8, 4,
               FAT_LOST, fat->lost, first);
    take_files(fat);
    fat_survey_info(fat, free_clusters);
}

static void survey_volume(struct surveyor *surveyor, uint64_t start, uint64_t size,
                          uint32_t partition, bool is_boot)
{
    static struct fat_survey fat; /* large */

    fat = (struct fat_survey){
        .surveyor = surveyor, .start = start, .depth = partition != 0, .is_boot = is_boot};
    if (start >= surveyor->disk->size)
        return;
    window_reader_init(&fat.partition, surveyor->disk, start,
                       minimum(size, surveyor->disk->size - start));
    if (!is_boot)
        snprintf(fat.prefix, sizeof(fat.prefix), "partition %u: ", partition);
    if (!fat_survey_boot(&fat, is_boot))
        return;
    add_tables(&fat);
    add_volume(&fat, partition);
    if (!surveyor->is_out_of_memory)
        compare_tables(&fat);
    if (!surveyor->is_out_of_memory)
        check_first_entries(&fat);
    if (!surveyor->is_out_of_memory)
        survey_tree(&fat);
    if (!surveyor->is_out_of_memory && is_boot)
        fat_survey_boot_files(&fat);
    fat_forget(&fat);
}

/* What the loader boots from: the EFI system partition, or what begins where that does. */
static bool is_boot_partition(const struct survey *survey, const struct survey_partition *partition)
{
    if (survey->scheme == SURVEY_SCHEME_GPT)
        return memcmp(&partition->type, &GPT_TYPE_ESP, sizeof(partition->type)) == 0;
    return partition->mbr_type == MBR_TYPE_ESP ||
           (survey->is_ours && partition->start == ESP_OFFSET);
}

void survey_volumes(struct surveyor *surveyor)
{
    struct survey *survey = surveyor->survey;
    bool has_boot = false;

    survey->boot_volume = SIZE_MAX;
    if (survey->scheme == SURVEY_SCHEME_NONE)
        survey_volume(surveyor, 0, surveyor->disk->size, 0, true);
    for (size_t i = 0; i < survey->partition_count && !surveyor->is_out_of_memory; i++) {
        const struct survey_partition partition = survey->partitions[i];
        bool is_boot = !has_boot && is_boot_partition(survey, &partition);

        has_boot |= is_boot;
        survey_volume(surveyor, partition.start, partition.size, partition.number, is_boot);
    }
    if (survey->boot_volume == SIZE_MAX)
        survey->boot_volume = survey->volume_count;
}
