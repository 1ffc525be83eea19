/* SPDX-License-Identifier: MIT */
#include "survey/survey_mbr.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "disk/mbr_writer.h"
#include "format/stage.h"

static const char *const entry_names[MBR_ENTRY_COUNT] = {
    "partition entry 1",
    "partition entry 2",
    "partition entry 3",
    "partition entry 4",
};

uint64_t mbr_entry_offset(unsigned index)
{
    return MBR_SIGNATURE_OFFSET + offsetof(struct mbr, entries) + index * sizeof(struct mbr_entry);
}

bool mbr_is_used(const struct mbr_entry *entry)
{
    return entry->type != MBR_TYPE_UNUSED && entry->sectors != 0;
}

void mbr_wrong_field(struct mbr_survey *table, unsigned index, size_t offset, size_t size,
                     const char *field, uint64_t found, uint64_t expected)
{
    char what[64];
    enum survey_state state = table->surveyor->survey->is_ours ? SURVEY_DAMAGED : SURVEY_ODD;

    snprintf(what, sizeof(what), "%s of %s", field, entry_names[index]);
    survey_note_with(table->surveyor, table->item, state, mbr_entry_offset(index) + offset, size,
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
static void check_chs(struct mbr_survey *table, unsigned index, const struct mbr_entry *expected)
{
    const struct mbr_entry *entry = &table->mbr.entries[index];
    static const uint8_t beyond[2][3] = {{0xfe, 0xff, 0xff}, {0xff, 0xff, 0xff}};

    if (!table->surveyor->survey->is_ours)
        return;
    if (memcmp(entry->first_chs, expected->first_chs, 3) != 0 &&
        memcmp(entry->first_chs, beyond[0], 3) != 0)
        mbr_wrong_field(table, index, offsetof(struct mbr_entry, first_chs), 3,
                        "first cylinder, head and sector", chs_number(entry->first_chs),
                        chs_number(expected->first_chs));
    if (memcmp(entry->last_chs, expected->last_chs, 3) != 0 &&
        memcmp(entry->last_chs, beyond[0], 3) != 0 && memcmp(entry->last_chs, beyond[1], 3) != 0)
        mbr_wrong_field(table, index, offsetof(struct mbr_entry, last_chs), 3,
                        "last cylinder, head and sector", chs_number(entry->last_chs),
                        chs_number(expected->last_chs));
}

void mbr_check_protective(struct mbr_survey *table, unsigned index, uint64_t disk_size,
                          const struct gpt *gpt)
{
    const struct mbr_entry *entry = &table->mbr.entries[index];
    struct mbr_entry expected = mbr_protective_entry(disk_size, table->sector_size), last;

    if (entry->indicator != 0)
        mbr_wrong_field(table, index, 0, 1, "indicator", entry->indicator, 0);
    if (entry->first_lba != expected.first_lba)
        mbr_wrong_field(table, index, offsetof(struct mbr_entry, first_lba), 4, "first sector",
                        entry->first_lba, expected.first_lba);
    /* An image on a larger disk may keep its own size; other tools write the largest number. */
    if (entry->sectors != expected.sectors && entry->sectors != UINT32_MAX &&
        entry->sectors != gpt->header.alternate_lba && entry->sectors != gpt->header.my_lba)
        mbr_wrong_field(table, index, offsetof(struct mbr_entry, sectors), 4, "number of sectors",
                        entry->sectors, expected.sectors);
    /* UEFI 2.10, table 5.4: the last sector's, or 0xffffff. sgdisk -e writes it, others do not. */
    last = mbr_partition_entry(MBR_TYPE_PROTECTIVE, table->sector_size,
                               (uint64_t)entry->sectors * table->sector_size, table->sector_size);
    if (memcmp(entry->last_chs, last.last_chs, sizeof(last.last_chs)) == 0)
        memcpy(expected.last_chs, last.last_chs, sizeof(last.last_chs));
    check_chs(table, index, &expected);
}

void mbr_check_unused(struct mbr_survey *table, unsigned index)
{
    static const struct mbr_entry nothing;
    const struct mbr_entry *entry = &table->mbr.entries[index];
    struct mbr_entry dummy = mbr_dummy_entry();

    if (memcmp(entry, &nothing, sizeof(nothing)) == 0 || memcmp(entry, &dummy, sizeof(dummy)) == 0)
        return;
    for (size_t i = 0; i < sizeof(*entry); i++) {
        uint8_t byte = ((const uint8_t *)entry)[i];

        if (byte != 0) {
            mbr_wrong_field(table, index, i, 1, "a byte of the unused", byte, 0);
            return;
        }
    }
}

void mbr_check_partition(struct mbr_survey *table, unsigned index)
{
    static const uint8_t types[] = {0x01, 0x04, 0x06, 0x0b, 0x0c, 0x0e,        0x11,
                                    0x14, 0x16, 0x1b, 0x1c, 0x1e, MBR_TYPE_ESP};
    const struct mbr_entry *entry = &table->mbr.entries[index];
    uint64_t start = (uint64_t)entry->first_lba * table->sector_size;
    uint64_t size = (uint64_t)entry->sectors * table->sector_size;
    struct mbr_entry expected = mbr_partition_entry(entry->type, start, size, table->sector_size);

    if (entry->indicator != 0 && entry->indicator != MBR_ACTIVE)
        mbr_wrong_field(table, index, 0, 1, "indicator", entry->indicator, MBR_ACTIVE);
    if (start > table->surveyor->disk->size || size > table->surveyor->disk->size - start)
        DAMAGE(table->surveyor, table->item, mbr_entry_offset(index), sizeof(*entry),
               MBR_BEYOND_END, start + size, table->surveyor->disk->size);
    check_chs(table, index, &expected);
    if (start == ESP_OFFSET && memchr(types, entry->type, sizeof(types)) == NULL)
        ODD(table->surveyor, table->item,
            mbr_entry_offset(index) + offsetof(struct mbr_entry, type), 1, MBR_TYPE, entry->type);
}

void mbr_check_active(struct mbr_survey *table)
{
    unsigned count = 0;

    for (unsigned i = 0; i < MBR_ENTRY_COUNT; i++)
        count += table->mbr.entries[i].indicator == MBR_ACTIVE;
    if (count != 1 && table->surveyor->survey->has_stages)
        DAMAGE_WITH(table->surveyor, table->item, mbr_entry_offset(0), 4 * sizeof(struct mbr_entry),
                    MBR_FIELD, "number of active entries", count, 1);
}

void mbr_check_overlaps(struct mbr_survey *table)
{
    const struct mbr_entry *entries = table->mbr.entries;

    for (unsigned i = 0; i < MBR_ENTRY_COUNT; i++)
        for (unsigned j = i + 1; j < MBR_ENTRY_COUNT; j++)
            if (mbr_is_used(&entries[i]) && mbr_is_used(&entries[j]) &&
                entries[i].first_lba < (uint64_t)entries[j].first_lba + entries[j].sectors &&
                entries[j].first_lba < (uint64_t)entries[i].first_lba + entries[i].sectors)
                mbr_wrong_field(table, j, offsetof(struct mbr_entry, first_lba), 8,
                                "overlap with another partition: first sector",
                                entries[j].first_lba,
                                (uint64_t)entries[i].first_lba + entries[i].sectors);
}
