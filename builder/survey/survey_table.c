/* SPDX-License-Identifier: MIT */
/* The partitions of a disk of either scheme. */
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "base/utf8.h"
#include "format/stage.h"
#include "survey/survey_mbr.h"

static struct survey_partition *add_partition(struct surveyor *surveyor, uint64_t start,
                                              uint64_t size, uint32_t number, const char *kind)
{
    struct survey *survey = surveyor->survey;
    struct survey_partition *grown =
        survey_grow(surveyor, survey->partitions, survey->partition_count, sizeof(*grown));
    char name[64];

    if (grown == NULL)
        return NULL;
    survey->partitions = grown;
    grown += survey->partition_count++;
    grown->number = number;
    grown->start = start;
    grown->size = size;
    snprintf(name, sizeof(name), "partition %u%s", number, kind);
    survey_add(surveyor, SURVEY_PARTITION, 0, start, size, name);
    return grown;
}

static void add_mbr_partitions(struct mbr_survey *table)
{
    for (unsigned i = 0; i < MBR_ENTRY_COUNT; i++) {
        const struct mbr_entry *entry = &table->mbr.entries[i];
        struct survey_partition *partition;

        if (!mbr_is_used(entry) || entry->type == MBR_TYPE_PROTECTIVE)
            continue;
        partition = add_partition(table->surveyor, (uint64_t)entry->first_lba * table->sector_size,
                                  (uint64_t)entry->sectors * table->sector_size, i + 1,
                                  entry->type == MBR_TYPE_ESP ? ": EFI system" : "");
        if (partition == NULL)
            return;
        partition->mbr_type = entry->type;
        partition->is_active = entry->indicator == MBR_ACTIVE;
    }
}

static const char *gpt_kind(const struct guid *type)
{
    if (memcmp(type, &GPT_TYPE_ESP, sizeof(*type)) == 0)
        return ": EFI system";
    if (memcmp(type, &GPT_TYPE_BIOS_BOOT, sizeof(*type)) == 0)
        return ": BIOS boot";
    return "";
}

/* The item of the entries that were read. */
static size_t entries_item(const struct survey *survey, const struct gpt *gpt)
{
    for (size_t i = 0; i < survey->item_count; i++)
        if (survey->items[i].kind == SURVEY_GPT_ENTRIES &&
            survey->items[i].start == gpt->header.entries_lba * gpt->sector_size)
            return i;
    return 0;
}

/* UTF-16, of which only the characters of the first plane are in use here. */
static void copy_name(const uint16_t *units, size_t count, char *to)
{
    for (size_t i = 0; i < count && units[i] != 0; i++)
        to = utf8_put(to, units[i] >= 0xd800 && units[i] < 0xe000 ? 0xfffd : units[i]);
    *to = '\0';
}

static void add_gpt_partitions(struct surveyor *surveyor, const struct gpt *gpt)
{
    static const struct guid unused;
    size_t item = entries_item(surveyor->survey, gpt);
    struct survey *survey = surveyor->survey;

    for (uint32_t i = 0; i < gpt->header.entry_count; i++) {
        uint64_t place =
            gpt->header.entries_lba * gpt->sector_size + (uint64_t)i * gpt->header.entry_size;
        struct survey_partition *partition;
        struct gpt_entry entry;
        struct error error = {0};

        if (!gpt_read_entry(surveyor->disk, gpt, i, &entry, &error)) {
            survey_note(surveyor, item, SURVEY_DAMAGED, place, gpt->header.entry_size, &error);
            continue;
        }
        if (memcmp(&entry.type, &unused, sizeof(unused)) == 0)
            continue;

        uint64_t start = entry.first_lba * gpt->sector_size;
        uint64_t size = (entry.last_lba - entry.first_lba + 1) * gpt->sector_size;

        for (size_t j = 0; j < survey->partition_count; j++)
            if (start < survey->partitions[j].start + survey->partitions[j].size &&
                survey->partitions[j].start < start + size)
                DAMAGE(surveyor, item, place, gpt->header.entry_size, GPT_OVERLAP,
                       survey->partitions[j].number, i + 1);
        partition = add_partition(surveyor, start, size, i + 1, gpt_kind(&entry.type));
        if (partition == NULL)
            return;
        partition->type = entry.type;
        partition->guid = entry.partition_guid;
        partition->attributes = entry.attributes;
        uint16_t units[COUNT_OF(entry.name)];
        memcpy(units, entry.name, sizeof(units));
        copy_name(units, COUNT_OF(units), partition->name);
    }
}

/* ---- The first sector ---- */

/* Does a file system begin with this sector, so that nothing in it is a partition table? */
static bool is_superfloppy(struct surveyor *surveyor, const struct mbr *mbr)
{
    static struct fat_volume volume; /* large */
    struct error error = {0};

    for (unsigned i = 0; i < MBR_ENTRY_COUNT; i++)
        if (mbr_is_used(&mbr->entries[i]) && mbr->entries[i].first_lba != 0 &&
            (mbr->entries[i].indicator & ~MBR_ACTIVE) == 0 &&
            mbr->entries[i].first_lba < surveyor->disk->size / 512)
            return false;
    return fat_open(surveyor->disk, &volume, &error);
}

/* A table that has lost the type of its protective entry still covers the disk from sector 1. */
static bool is_meant_as_protective(const struct mbr *mbr)
{
    static const struct mbr_entry nothing;
    unsigned used = 0;

    for (unsigned i = 0; i < MBR_ENTRY_COUNT; i++) {
        if (mbr->entries[i].first_lba == 1 && mbr->entries[i].sectors > 1)
            return true;
        used += memcmp(&mbr->entries[i], &nothing, sizeof(nothing)) != 0;
    }
    return used == 0;
}

static uint32_t mbr_sector_size(const struct surveyor *surveyor, const struct mbr *mbr)
{
    (void)surveyor;
    for (unsigned i = 0; i < MBR_ENTRY_COUNT; i++)
        if (mbr_is_used(&mbr->entries[i]) && mbr->entries[i].first_lba == ESP_OFFSET / 4096)
            return 4096;
    return 512;
}

/*
 * An entry of type 0xEE where our own has its file system, and no trace of a GPT: nobody has a GPT
 * that begins there, so it is the type that is wrong.
 */
static bool is_mbr_with_wrong_type(struct surveyor *surveyor, struct mbr_survey *table)
{
    for (unsigned i = 0; i < MBR_ENTRY_COUNT; i++) {
        const struct mbr_entry *entry = &table->mbr.entries[i];

        if (!surveyor->survey->is_ours || entry->type != MBR_TYPE_PROTECTIVE ||
            (entry->first_lba != ESP_OFFSET / 512 && entry->first_lba != ESP_OFFSET / 4096))
            continue;
        mbr_wrong_field(table, i, offsetof(struct mbr_entry, type), 1, "type", entry->type,
                        MBR_TYPE_ESP);
        table->mbr.entries[i].type = MBR_TYPE_ESP;
        return true;
    }
    return false;
}

static void survey_scheme_gpt(struct mbr_survey *table)
{
    struct surveyor *surveyor = table->surveyor;
    struct survey *survey = surveyor->survey;
    struct gpt gpt = {0};
    bool has_gpt = survey_gpt(surveyor, &gpt);

    survey->scheme = SURVEY_SCHEME_GPT;
    table->sector_size = survey->sector_size != 0 ? survey->sector_size : 512;
    if (survey->sector_size == 0)
        DAMAGE(surveyor, survey_add(surveyor, SURVEY_GPT_HEADER, 0, 512, 512, "GPT header"), 512,
               512, GPT_MISSING, 0);
    for (unsigned i = 0; i < MBR_ENTRY_COUNT && survey->has_mbr; i++) {
        const struct mbr_entry *entry = &table->mbr.entries[i];

        if (entry->type == MBR_TYPE_PROTECTIVE && has_gpt)
            mbr_check_protective(table, i, surveyor->disk->size, &gpt);
        else if (!mbr_is_used(entry))
            mbr_check_unused(table, i);
        else if (!mbr_is_protective(&table->mbr))
            mbr_wrong_field(table, i, offsetof(struct mbr_entry, type), 1, "type", entry->type,
                            MBR_TYPE_PROTECTIVE);
        else if (entry->first_lba == 0 && survey->is_ours)
            mbr_wrong_field(table, i, offsetof(struct mbr_entry, type), 1, "type", entry->type,
                            MBR_TYPE_UNUSED);
        else
            survey->is_hybrid = true;
    }
    if (has_gpt)
        add_gpt_partitions(surveyor, &gpt);
}

static void survey_scheme_mbr(struct mbr_survey *table)
{
    struct surveyor *surveyor = table->surveyor;
    struct mbr_partition found;
    struct error error = {0};

    surveyor->survey->scheme = SURVEY_SCHEME_MBR;
    table->sector_size = mbr_sector_size(surveyor, &table->mbr);
    surveyor->survey->sector_size = table->sector_size;
    for (unsigned i = 0; i < MBR_ENTRY_COUNT; i++) {
        if (mbr_is_used(&table->mbr.entries[i]))
            mbr_check_partition(table, i);
        else
            mbr_check_unused(table, i);
    }
    mbr_check_active(table);
    mbr_check_overlaps(table);
    if (surveyor->survey->has_stages &&
        !mbr_find(&table->mbr, ESP_OFFSET, surveyor->disk->size, &found, &error))
        survey_note(surveyor, table->item, SURVEY_DAMAGED, mbr_entry_offset(0),
                    sizeof(table->mbr.entries), &error);
    add_mbr_partitions(table);
}

void survey_tables(struct surveyor *surveyor)
{
    struct survey *survey = surveyor->survey;
    struct mbr_survey table = {.surveyor = surveyor};
    struct error error = {0};
    struct gpt gpt;
    bool has_gpt = gpt_read(surveyor->disk, &gpt, &error);

    survey->has_mbr = mbr_read(surveyor->disk, &table.mbr, &error);
    if (survey->has_mbr && !survey->is_ours && is_superfloppy(surveyor, &table.mbr))
        return;
    table.item =
        survey_add(surveyor, SURVEY_MBR, 0, MBR_SIGNATURE_OFFSET, sizeof(table.mbr), "MBR");
    if (!survey->has_mbr) {
        survey_note(surveyor, table.item, SURVEY_DAMAGED, 510, 2, &error);
        survey_peek(surveyor, MBR_SIGNATURE_OFFSET, sizeof(table.mbr), &table.mbr);
    }
    survey->disk_signature = table.mbr.disk_signature;
    if (survey->is_ours && table.mbr.reserved != 0)
        DAMAGE_WITH(surveyor, table.item, MBR_SIGNATURE_OFFSET + 4, 2, MBR_FIELD,
                    "the reserved field", table.mbr.reserved, 0);
    if ((mbr_is_protective(&table.mbr) && !is_mbr_with_wrong_type(surveyor, &table)) ||
        (has_gpt && is_meant_as_protective(&table.mbr)))
        survey_scheme_gpt(&table);
    else
        survey_scheme_mbr(&table);
}
