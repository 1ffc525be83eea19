/* SPDX-License-Identifier: MIT */
/* Both copies of a GUID partition table (UEFI specification 2.10, chapter 5). */
#include <stdlib.h>
#include <string.h>

#include "base/crc32.h"
#include "base/units.h"
#include "survey/survey_parts.h"

/* One copy as it was found. */
struct copy {
    struct gpt gpt;
    uint64_t lba;   /* of the header */
    size_t header;  /* item */
    size_t entries; /* item; SURVEY_NO_ITEM: nobody knows where they are */
    bool is_header_whole;
    bool is_whole; /* header and entries */
};

static bool has_signature(struct surveyor *surveyor, uint64_t offset)
{
    char signature[8];

    return survey_peek(surveyor, offset, sizeof(signature), signature) &&
           memcmp(signature, "EFI PART", sizeof(signature)) == 0;
}

/* 512 or 4096, by whatever is left of either copy; 0: there is no table. */
static uint32_t find_sector_size(struct surveyor *surveyor)
{
    static const uint16_t sizes[] = {512, 4096};
    uint64_t disk_size = surveyor->disk->size;
    struct gpt gpt;
    struct error error = {0};

    if (gpt_read(surveyor->disk, &gpt, &error))
        return gpt.sector_size;
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        if (has_signature(surveyor, sizes[i]))
            return sizes[i];
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        if (disk_size >= 3 * (uint64_t)sizes[i] &&
            has_signature(surveyor, align_down(disk_size, sizes[i]) - sizes[i]))
            return sizes[i];
    return 0;
}

/* The sector's bytes behind the header, which no checksum covers, are to be zero (table 5.5). */
static void check_rest(struct surveyor *surveyor, const struct copy *copy)
{
    uint64_t start = copy->lba * copy->gpt.sector_size, at;
    uint32_t size = copy->gpt.header.header_size;

    if (!survey_is_zero(surveyor, start + size, copy->gpt.sector_size - size, &at))
        DAMAGE_WITH(surveyor, copy->header, at, 1, GPT_DAMAGED, "rest of the header's sector", 1,
                    0);
}

static void survey_header(struct surveyor *surveyor, uint32_t sector_size, uint64_t lba,
                          const char *name, struct copy *copy)
{
    struct error error = {0};

    copy->lba = lba;
    copy->entries = SURVEY_NO_ITEM;
    copy->header = survey_add(surveyor, SURVEY_GPT_HEADER, 0, lba * sector_size, sector_size, name);
    copy->is_header_whole = gpt_read_header(surveyor->disk, sector_size, lba, &copy->gpt, &error);
    if (!copy->is_header_whole)
        survey_note(surveyor, copy->header, SURVEY_DAMAGED, lba * sector_size, sector_size, &error);
    else
        check_rest(surveyor, copy);
}

/* Where the entries are that belong to a header which is damaged: as the other one has its own. */
static uint64_t guess_entries(const struct copy *copy, const struct copy *other)
{
    const struct gpt_header *known = &other->gpt.header;

    if (copy->lba == GPT_PRIMARY_LBA)
        return 2;
    return copy->lba - pages_for((uint64_t)known->entry_count * known->entry_size) * PAGE_SIZE /
                           other->gpt.sector_size;
}

static void survey_entries(struct surveyor *surveyor, const char *name, struct copy *copy,
                           const struct copy *other)
{
    const struct gpt *known = copy->is_header_whole ? &copy->gpt : &other->gpt;
    uint64_t size = (uint64_t)known->header.entry_count * known->header.entry_size;
    struct gpt found;
    struct error error = {0};

    if (!copy->is_header_whole && !other->is_whole)
        return;
    if (copy->is_header_whole) {
        copy->is_whole =
            gpt_read_copy(surveyor->disk, known->sector_size, copy->lba, &found, &error);
        copy->entries = survey_add(surveyor, SURVEY_GPT_ENTRIES, 0,
                                   known->header.entries_lba * known->sector_size, size, name);
        if (!copy->is_whole)
            survey_note(surveyor, copy->entries, SURVEY_DAMAGED,
                        known->header.entries_lba * known->sector_size, size, &error);
        return;
    }

    uint64_t start = guess_entries(copy, other) * known->sector_size;
    uint8_t *bytes = malloc(size);

    copy->entries = survey_add(surveyor, SURVEY_GPT_ENTRIES, 0, start, size, name);
    if (bytes == NULL)
        surveyor->is_out_of_memory = true;
    else if (survey_read(surveyor, copy->entries, start, size, bytes) &&
             crc32(0, bytes, size) != known->header.entries_crc32)
        DAMAGE_WITH(surveyor, copy->entries, start, size, GPT_DAMAGED,
                    "checksum of the partition table's entries", crc32(0, bytes, size),
                    known->header.entries_crc32);
    free(bytes);
}

/* Each fits its own checksum, but they have to be the same table. */
static void compare_copies(struct surveyor *surveyor, const struct copy *primary,
                           const struct copy *backup)
{
    const struct gpt_header *a = &primary->gpt.header, *b = &backup->gpt.header;
    const struct {
        const char *name;
        uint64_t ours, theirs;
        uint8_t offset;
    } fields[] = {
        {"the place of the other copy", GPT_PRIMARY_LBA, b->alternate_lba, 32},
        {"the first usable sector", a->first_usable_lba, b->first_usable_lba, 40},
        {"the last usable sector", a->last_usable_lba, b->last_usable_lba, 48},
        {"the disk's GUID", 0, memcmp(&a->disk_guid, &b->disk_guid, sizeof(a->disk_guid)) != 0, 56},
        {"the number of entries", a->entry_count, b->entry_count, 80},
        {"the size of an entry", a->entry_size, b->entry_size, 84},
        {"the checksum of the entries", a->entries_crc32, b->entries_crc32, 88},
    };

    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (fields[i].ours != fields[i].theirs)
            DAMAGE_WITH(surveyor, backup->header,
                        backup->lba * backup->gpt.sector_size + fields[i].offset, 8, GPT_COPIES,
                        fields[i].name, fields[i].ours, fields[i].theirs);
}

bool survey_gpt(struct surveyor *surveyor, struct gpt *out)
{
    struct survey *survey = surveyor->survey;
    uint32_t sector_size = find_sector_size(surveyor);
    struct copy primary = {0}, backup = {0};
    uint64_t last, place;
    struct gpt_header raw;

    if (sector_size == 0)
        return false;
    survey->sector_size = sector_size;
    last = surveyor->disk->size / sector_size - 1;
    survey_header(surveyor, sector_size, GPT_PRIMARY_LBA, "GPT header", &primary);
    /* Where a damaged primary says, if there is one. */
    place = last;
    if (survey_peek(surveyor, sector_size, sizeof(raw), &raw) &&
        raw.alternate_lba > GPT_PRIMARY_LBA && raw.alternate_lba < last &&
        (primary.is_header_whole || has_signature(surveyor, raw.alternate_lba * sector_size)))
        place = raw.alternate_lba;
    if (primary.is_header_whole && primary.gpt.header.alternate_lba > last) {
        DAMAGE(surveyor, primary.header, sector_size + offsetof(struct gpt_header, alternate_lba),
               8, IMAGE_CUT, surveyor->disk->size,
               (primary.gpt.header.alternate_lba + 1) * sector_size);
        survey_entries(surveyor, "GPT entries", &primary, &backup);
        *out = primary.gpt;
        survey->disk_guid = out->header.disk_guid;
        return primary.is_whole;
    }
    survey_header(surveyor, sector_size, place, "backup GPT header", &backup);

    /* A whole one first: it knows where the other's entries are. */
    if (primary.is_header_whole) {
        survey_entries(surveyor, "GPT entries", &primary, &backup);
        survey_entries(surveyor, "backup GPT entries", &backup, &primary);
    } else {
        survey_entries(surveyor, "backup GPT entries", &backup, &primary);
        survey_entries(surveyor, "GPT entries", &primary, &backup);
    }
    if (primary.is_whole && backup.is_whole)
        compare_copies(surveyor, &primary, &backup);
    if (backup.is_header_whole && place != last)
        ODD(surveyor, backup.header, place * sector_size, sector_size, GPT_BACKUP_PLACE, place,
            last);
    if (!primary.is_whole && !backup.is_whole)
        return false;
    *out = primary.is_whole ? primary.gpt : backup.gpt;
    survey->disk_guid = out->header.disk_guid;
    return true;
}
