/* SPDX-License-Identifier: MIT */
/* The partition table in the first sector, and the partitions of a disk of either scheme. */
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "base/utf8.h"
#include "format/stage.h"
#include "mbr_writer.h"
#include "survey_parts.h"

static const char *const entry_names[MBR_ENTRY_COUNT] = {
    "partition entry 1",
    "partition entry 2",
    "partition entry 3",
    "partition entry 4",
};

struct table {
    struct surveyor *surveyor;
    size_t item;
    struct mbr mbr;
    uint32_t sector_size;
};

static uint64_t entry_offset(unsigned index)
{
    return MBR_SIGNATURE_OFFSET + offsetof(struct mbr, entries) + index * sizeof(struct mbr_entry);
}

static bool is_used(const struct mbr_entry *entry)
{
    return entry->type != MBR_TYPE_UNUSED && entry->sectors != 0;
}

/* Says that a field of an entry is not what it should be. */
static void wrong_field(struct table *table, unsigned index, size_t offset, size_t size,
                        const char *field, uint64_t found, uint64_t expected)
{
    char what[64];
    enum survey_state state = table->surveyor->survey->is_ours ? SURVEY_DAMAGED : SURVEY_ODD;

    snprintf(what, sizeof(what), "%s of %s", field, entry_names[index]);
    survey_note_with(table->surveyor, table->item, state, entry_offset(index) + offset, size,
                     ERROR_MBR_FIELD, what, (const uint64_t[4]){found, expected});
}

static uint32_t chs_number(const uint8_t chs[3])
{
    return (uint32_t)(chs[0] | chs[1] << 8 | chs[2] << 16);
}

/*
 * Cylinder, head and sector, which nobody reads any more: as all tools of today write them, by 255
 * heads and 63 sectors. Other tools of other days are not judged.
 */
static void check_chs(struct table *table, unsigned index, const struct mbr_entry *expected)
{
    const struct mbr_entry *entry = &table->mbr.entries[index];
    static const uint8_t beyond[2][3] = {{0xfe, 0xff, 0xff}, {0xff, 0xff, 0xff}};

    if (!table->surveyor->survey->is_ours)
        return;
    if (memcmp(entry->first_chs, expected->first_chs, 3) != 0 &&
        memcmp(entry->first_chs, beyond[0], 3) != 0)
        wrong_field(table, index, offsetof(struct mbr_entry, first_chs), 3,
                    "first cylinder, head and sector", chs_number(entry->first_chs),
                    chs_number(expected->first_chs));
    if (memcmp(entry->last_chs, expected->last_chs, 3) != 0 &&
        memcmp(entry->last_chs, beyond[0], 3) != 0 && memcmp(entry->last_chs, beyond[1], 3) != 0)
        wrong_field(table, index, offsetof(struct mbr_entry, last_chs), 3,
                    "last cylinder, head and sector", chs_number(entry->last_chs),
                    chs_number(expected->last_chs));
}

static void check_protective(struct table *table, unsigned index, uint64_t disk_size,
                             const struct gpt *gpt)
{
    const struct mbr_entry *entry = &table->mbr.entries[index];
    struct mbr_entry expected = mbr_protective_entry(disk_size, table->sector_size);

    if (entry->indicator != 0)
        wrong_field(table, index, 0, 1, "indicator", entry->indicator, 0);
    if (entry->first_lba != expected.first_lba)
        wrong_field(table, index, offsetof(struct mbr_entry, first_lba), 4, "first sector",
                    entry->first_lba, expected.first_lba);
    /* An image on a larger disk may keep its own size; other tools write the largest number. */
    if (entry->sectors != expected.sectors && entry->sectors != UINT32_MAX &&
        entry->sectors != gpt->header.alternate_lba && entry->sectors != gpt->header.my_lba)
        wrong_field(table, index, offsetof(struct mbr_entry, sectors), 4, "number of sectors",
                    entry->sectors, expected.sectors);
    check_chs(table, index, &expected);
}

/* Nothing, or the active entry that is no partition (mbr_dummy_entry()). */
static void check_unused(struct table *table, unsigned index)
{
    static const struct mbr_entry nothing;
    const struct mbr_entry *entry = &table->mbr.entries[index];
    struct mbr_entry dummy = mbr_dummy_entry();

    if (memcmp(entry, &nothing, sizeof(nothing)) == 0 || memcmp(entry, &dummy, sizeof(dummy)) == 0)
        return;
    for (size_t i = 0; i < sizeof(*entry); i++) {
        uint8_t byte = ((const uint8_t *)entry)[i];

        if (byte != 0) {
            wrong_field(table, index, i, 1, "a byte of the unused", byte, 0);
            return;
        }
    }
}

static void check_partition(struct table *table, unsigned index)
{
    static const uint8_t types[] = {0x01, 0x04, 0x06, 0x0b, 0x0c, 0x0e,        0x11,
                                    0x14, 0x16, 0x1b, 0x1c, 0x1e, MBR_TYPE_ESP};
    const struct mbr_entry *entry = &table->mbr.entries[index];
    uint64_t start = (uint64_t)entry->first_lba * table->sector_size;
    uint64_t size = (uint64_t)entry->sectors * table->sector_size;
    struct mbr_entry expected = mbr_partition_entry(entry->type, start, size, table->sector_size);

    if (entry->indicator != 0 && entry->indicator != MBR_ACTIVE)
        wrong_field(table, index, 0, 1, "indicator", entry->indicator, MBR_ACTIVE);
    if (start > table->surveyor->disk->size || size > table->surveyor->disk->size - start)
        DAMAGE(table->surveyor, table->item, entry_offset(index), sizeof(*entry), MBR_BEYOND_END,
               start + size, table->surveyor->disk->size);
    check_chs(table, index, &expected);
    if (start == ESP_OFFSET && memchr(types, entry->type, sizeof(types)) == NULL)
        ODD(table->surveyor, table->item, entry_offset(index) + offsetof(struct mbr_entry, type), 1,
            MBR_TYPE, entry->type);
}

/* A BIOS may refuse to boot a disk without one. */
static void check_active(struct table *table)
{
    unsigned count = 0;

    for (unsigned i = 0; i < MBR_ENTRY_COUNT; i++)
        count += table->mbr.entries[i].indicator == MBR_ACTIVE;
    if (count != 1 && table->surveyor->survey->has_stages)
        DAMAGE_WITH(table->surveyor, table->item, entry_offset(0), 4 * sizeof(struct mbr_entry),
                    MBR_FIELD, "number of active entries", count, 1);
}

static void check_overlaps(struct table *table)
{
    const struct mbr_entry *entries = table->mbr.entries;

    for (unsigned i = 0; i < MBR_ENTRY_COUNT; i++)
        for (unsigned j = i + 1; j < MBR_ENTRY_COUNT; j++)
            if (is_used(&entries[i]) && is_used(&entries[j]) &&
                entries[i].first_lba < (uint64_t)entries[j].first_lba + entries[j].sectors &&
                entries[j].first_lba < (uint64_t)entries[i].first_lba + entries[i].sectors)
                wrong_field(table, j, offsetof(struct mbr_entry, first_lba), 8,
                            "overlap with another partition: first sector", entries[j].first_lba,
                            (uint64_t)entries[i].first_lba + entries[i].sectors);
}

/* ---- Partitions ---- */

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

static void add_mbr_partitions(struct table *table)
{
    for (unsigned i = 0; i < MBR_ENTRY_COUNT; i++) {
        const struct mbr_entry *entry = &table->mbr.entries[i];
        struct survey_partition *partition;

        if (!is_used(entry) || entry->type == MBR_TYPE_PROTECTIVE)
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
        if (is_used(&mbr->entries[i]) && mbr->entries[i].first_lba != 0 &&
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
        if (is_used(&mbr->entries[i]) && mbr->entries[i].first_lba == ESP_OFFSET / 4096)
            return 4096;
    return 512;
}

/*
 * An entry of type 0xEE where our own has its file system, and no trace of a GPT: nobody has a GPT
 * that begins there, so it is the type that is wrong.
 */
static bool is_mbr_with_wrong_type(struct surveyor *surveyor, struct table *table)
{
    for (unsigned i = 0; i < MBR_ENTRY_COUNT; i++) {
        const struct mbr_entry *entry = &table->mbr.entries[i];

        if (!surveyor->survey->is_ours || entry->type != MBR_TYPE_PROTECTIVE ||
            (entry->first_lba != ESP_OFFSET / 512 && entry->first_lba != ESP_OFFSET / 4096))
            continue;
        wrong_field(table, i, offsetof(struct mbr_entry, type), 1, "type", entry->type,
                    MBR_TYPE_ESP);
        table->mbr.entries[i].type = MBR_TYPE_ESP;
        return true;
    }
    return false;
}

static void survey_scheme_gpt(struct table *table)
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
            check_protective(table, i, surveyor->disk->size, &gpt);
        else if (!is_used(entry))
            check_unused(table, i);
        else if (!mbr_is_protective(&table->mbr))
            wrong_field(table, i, offsetof(struct mbr_entry, type), 1, "type", entry->type,
                        MBR_TYPE_PROTECTIVE);
        else if (entry->first_lba == 0 && survey->is_ours)
            wrong_field(table, i, offsetof(struct mbr_entry, type), 1, "type", entry->type,
                        MBR_TYPE_UNUSED);
        else
            survey->is_hybrid = true;
    }
    if (has_gpt)
        add_gpt_partitions(surveyor, &gpt);
}

static void survey_scheme_mbr(struct table *table)
{
    struct surveyor *surveyor = table->surveyor;
    struct mbr_partition found;
    struct error error = {0};

    surveyor->survey->scheme = SURVEY_SCHEME_MBR;
    table->sector_size = mbr_sector_size(surveyor, &table->mbr);
    surveyor->survey->sector_size = table->sector_size;
    for (unsigned i = 0; i < MBR_ENTRY_COUNT; i++) {
        if (is_used(&table->mbr.entries[i]))
            check_partition(table, i);
        else
            check_unused(table, i);
    }
    check_active(table);
    check_overlaps(table);
    if (surveyor->survey->has_stages &&
        !mbr_find(&table->mbr, ESP_OFFSET, surveyor->disk->size, &found, &error))
        survey_note(surveyor, table->item, SURVEY_DAMAGED, entry_offset(0),
                    sizeof(table->mbr.entries), &error);
    add_mbr_partitions(table);
}

void survey_tables(struct surveyor *surveyor)
{
    struct survey *survey = surveyor->survey;
    struct table table = {.surveyor = surveyor};
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
