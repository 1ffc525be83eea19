/* SPDX-License-Identifier: MIT */
/* Discs that mkimage has made: every byte of them is known. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/units.h"
#include "format/stage.h"
#include "survey/survey_disc.h"

/* The GUID that the volume set identifier spells, or false. */
static bool read_identifier(const uint8_t *text, struct guid *out)
{
    static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

    for (size_t i = 0; i < 16; i++) {
        char digits[3] = {(char)text[2 * i], (char)text[2 * i + 1], '\0'};
        char *end;

        if (!isxdigit((unsigned char)digits[0]) || islower((unsigned char)digits[0]) ||
            islower((unsigned char)digits[1]))
            return false;
        out->bytes[order[i]] = (uint8_t)strtoul(digits, &end, 16);
        if (*end != '\0')
            return false;
    }
    return true;
}

static uint64_t seconds_of(const uint8_t time[7])
{
    return calendar_to_unix(&(struct calendar){.year = 1900u + time[0],
                                               .month = time[1],
                                               .day = time[2],
                                               .hour = time[3],
                                               .minute = time[4],
                                               .second = time[5]});
}

/* The disc's time: as two of its records agree, or else as the volume descriptor has it. */
static uint64_t find_time(const struct disc *disc)
{
    struct iso_directory_record dot = {0}, dot_dot = {0};
    const struct iso_primary *primary = &disc->primary;
    uint64_t root = ISO_START + BLOCK_ROOT * ISO_BLOCK_SIZE;

    survey_peek(disc->surveyor, root, sizeof(dot), &dot);
    survey_peek(disc->surveyor, root + 34, sizeof(dot_dot), &dot_dot);
    if (memcmp(dot.time, dot_dot.time, sizeof(dot.time)) == 0)
        return seconds_of(dot.time);
    return seconds_of(primary->root.time);
}

static bool is_label(const uint8_t *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!isupper(text[i]) && !isdigit(text[i]) && text[i] != '_' && text[i] != ' ')
            return false;
    return text[0] != ' ';
}

static bool find_esp(const struct survey *survey, uint64_t *start, uint64_t *size)
{
    for (size_t i = 0; i < survey->partition_count; i++) {
        if (survey->partitions[i].start == ESP_OFFSET) {
            *start = survey->partitions[i].start;
            *size = survey->partitions[i].size;
            return true;
        }
    }
    return false;
}

static const char *const block_names[ISO_SIZE / ISO_BLOCK_SIZE] = {
    [BLOCK_CATALOG] = "boot catalog",
    [BLOCK_PATH_TABLE_LITTLE] = "path table, little-endian",
    [BLOCK_PATH_TABLE_BIG] = "path table, big-endian",
    [BLOCK_ROOT] = "root directory of the disc",
    [BLOCK_README] = "README.TXT of the disc",
};

/* The item of a block, added if nobody has met it yet. */
static size_t item_of_block(struct surveyor *surveyor, size_t index)
{
    const struct survey *survey = surveyor->survey;
    uint64_t start = ISO_START + index * ISO_BLOCK_SIZE;

    for (size_t i = 0; i < survey->item_count; i++)
        if (survey->items[i].start == start && survey->items[i].depth == 0 &&
            (survey->items[i].kind == SURVEY_ISO || survey->items[i].kind == SURVEY_BOOT_CATALOG))
            return i;
    return survey_add(surveyor, index == BLOCK_CATALOG ? SURVEY_BOOT_CATALOG : SURVEY_ISO, 0, start,
                      ISO_BLOCK_SIZE, block_names[index] != NULL ? block_names[index] : "block");
}

static void compare_blocks(struct surveyor *surveyor, const uint8_t *expected)
{
    uint8_t block[ISO_BLOCK_SIZE];

    for (size_t i = 0; i < ISO_SIZE / ISO_BLOCK_SIZE; i++) {
        uint64_t start = ISO_START + i * ISO_BLOCK_SIZE;
        size_t item = item_of_block(surveyor, i), at = 0;

        if (surveyor->is_out_of_memory ||
            !survey_read(surveyor, item, start, sizeof(block), block) ||
            surveyor->survey->items[item].state == SURVEY_DAMAGED)
            continue;
        while (at < sizeof(block) && block[at] == expected[i * ISO_BLOCK_SIZE + at])
            at++;
        if (at < sizeof(block))
            DAMAGE(surveyor, item, start + at, 1, DISC_DIFFERS, start + at, block[at],
                   expected[i * ISO_BLOCK_SIZE + at]);
    }
}

/* Where FAT and ISO 9660 do not allow the same characters, an underscore stands. */
static bool is_same_label(const char *disc, const char *volume)
{
    for (; *disc != '\0' && *volume != '\0'; disc++, volume++)
        if (*disc != *volume && *disc != '_')
            return false;
    return *disc == *volume;
}

void disc_compare_with_own(struct disc *disc)
{
    struct surveyor *surveyor = disc->surveyor;
    const struct survey *survey = surveyor->survey;
    struct iso_volume volume = {.label = "BOWLINE", .identifier = survey->disk_guid};
    uint64_t label_offset = ISO_START + offsetof(struct iso_primary, volume);
    uint8_t expected[ISO_SIZE];
    struct guid identifier;

    if (!find_esp(survey, &volume.esp_start, &volume.esp_size))
        return;
    if (disc->has_primary && is_label(disc->primary.volume, sizeof(disc->primary.volume)))
        volume.label = survey->disc_label;
    volume.size = (uint64_t)disc->primary.blocks.little * ISO_BLOCK_SIZE;
    if (!disc->has_primary || volume.size > survey->disk_size)
        volume.size = survey->disk_size;
    volume.time = find_time(disc);
    if (disc->has_primary && read_identifier(disc->primary.volume_set, &identifier) &&
        memcmp(&identifier, &survey->disk_guid, sizeof(identifier)) != 0) {
        volume.identifier = identifier;
        ODD_WITH(surveyor, disc->primary_item, ISO_START + offsetof(struct iso_primary, volume_set),
                 32, DISC_OTHER, "volume set identifier", 0);
    }
    if (survey->boot_volume < survey->volume_count && disc->has_primary &&
        !is_same_label(volume.label, survey->volumes[survey->boot_volume].label))
        ODD_WITH(surveyor, disc->primary_item, label_offset, 32, DISC_OTHER, "label", 0);
    iso_make(&volume, expected);
    compare_blocks(surveyor, expected);
}
