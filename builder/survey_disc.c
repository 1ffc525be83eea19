/* SPDX-License-Identifier: MIT */
/* What makes an image a disc: ISO 9660 and the boot catalog of El Torito. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/units.h"
#include "format/stage.h"
#include "iso_writer.h"
#include "survey_parts.h"

enum { FIRST_BLOCK = ISO_START / ISO_BLOCK_SIZE, DESCRIPTORS_MAX = 16 };

/* Where mkimage puts what follows the three descriptors: blocks from the first of them on. */
enum { BLOCK_CATALOG = 3, BLOCK_PATH_TABLE_LITTLE, BLOCK_PATH_TABLE_BIG, BLOCK_ROOT, BLOCK_README };

struct disc {
    struct surveyor *surveyor;
    size_t primary_item;
    bool has_primary;
    struct iso_primary primary;
    bool has_catalog;
    uint32_t catalog; /* block */
};

static bool is_descriptor(struct surveyor *surveyor, uint64_t block,
                          struct iso_descriptor_head *head)
{
    return survey_peek(surveyor, block * ISO_BLOCK_SIZE, sizeof(*head), head) &&
           memcmp(head->identifier, "CD001", sizeof(head->identifier)) == 0;
}

/* Any of the first three, so that one that is damaged does not hide the others. */
static bool is_disc(struct surveyor *surveyor)
{
    struct iso_descriptor_head head;

    for (uint64_t block = FIRST_BLOCK; block < FIRST_BLOCK + 3; block++)
        if (is_descriptor(surveyor, block, &head))
            return true;
    return false;
}

static void wrong_field(const struct disc *disc, size_t item, uint64_t offset, uint64_t size,
                        const char *field, uint64_t found, uint64_t expected)
{
    DAMAGE_WITH(disc->surveyor, item, offset, size, DISC_FIELD, field, found, expected);
}

/* Numbers stand there twice: little-endian, then big-endian. */
static void check_both(struct disc *disc, size_t offset, size_t size, const char *field)
{
    const uint8_t *bytes = (const uint8_t *)&disc->primary + offset;
    uint64_t little = 0, big = 0;

    for (size_t i = 0; i < size; i++) {
        little |= (uint64_t)bytes[i] << 8 * i;
        big = big << 8 | bytes[size + i];
    }
    if (little != big)
        wrong_field(disc, disc->primary_item, FIRST_BLOCK * ISO_BLOCK_SIZE + offset, 2 * size,
                    field, little, big);
}

static void check_primary(struct disc *disc)
{
    static const struct {
        const char *name;
        uint16_t offset;
        uint8_t size;
    } numbers[] = {
        {"the number of blocks", offsetof(struct iso_primary, blocks), 4},
        {"the size of the volume set", offsetof(struct iso_primary, set_size), 2},
        {"the number in the volume set", offsetof(struct iso_primary, sequence_number), 2},
        {"the block size", offsetof(struct iso_primary, block_size), 2},
        {"the size of the path table", offsetof(struct iso_primary, path_table_size), 4},
        {"the block of the root directory",
         offsetof(struct iso_primary, root) + offsetof(struct iso_directory_record, block), 4},
        {"the size of the root directory",
         offsetof(struct iso_primary, root) + offsetof(struct iso_directory_record, size), 4},
    };
    const struct iso_primary *primary = &disc->primary;
    uint64_t start = FIRST_BLOCK * ISO_BLOCK_SIZE;

    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        check_both(disc, numbers[i].offset, numbers[i].size, numbers[i].name);
    if (primary->block_size.little != ISO_BLOCK_SIZE)
        wrong_field(disc, disc->primary_item, start + offsetof(struct iso_primary, block_size), 2,
                    "the block size", primary->block_size.little, ISO_BLOCK_SIZE);
    else if ((uint64_t)primary->blocks.little * ISO_BLOCK_SIZE > disc->surveyor->disk->size)
        wrong_field(disc, disc->primary_item, start + offsetof(struct iso_primary, blocks), 4,
                    "the number of blocks", primary->blocks.little,
                    disc->surveyor->disk->size / ISO_BLOCK_SIZE);
}

static void trim(char *text, size_t length)
{
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\0'))
        length--;
    text[length] = '\0';
}

static void take_descriptor(struct disc *disc, size_t item, uint64_t block, uint8_t type)
{
    struct surveyor *surveyor = disc->surveyor;
    struct iso_boot_record record = {0};

    if (type == ISO_TYPE_PRIMARY && !disc->has_primary) {
        disc->primary_item = item;
        disc->has_primary = survey_read(surveyor, item, block * ISO_BLOCK_SIZE,
                                        sizeof(disc->primary), &disc->primary);
        if (!disc->has_primary)
            return;
        memcpy(surveyor->survey->disc_label, disc->primary.volume, sizeof(disc->primary.volume));
        trim(surveyor->survey->disc_label, sizeof(disc->primary.volume));
        check_primary(disc);
    } else if (type == ISO_TYPE_BOOT && !disc->has_catalog) {
        disc->has_catalog =
            survey_read(surveyor, item, block * ISO_BLOCK_SIZE, sizeof(record), &record) &&
            memcmp(record.boot_system, "EL TORITO SPECIFICATION", 23) == 0;
        disc->catalog = record.catalog;
    }
}

/* By its type; on an image of ours by its place, as the type may be what is damaged. */
static const char *name_of(const struct surveyor *surveyor, uint64_t block, uint8_t type)
{
    static const char *const names[] = {"primary volume descriptor", "boot record",
                                        "volume descriptor set terminator"};

    if (surveyor->survey->is_ours && block - FIRST_BLOCK < COUNT_OF(names))
        return names[block - FIRST_BLOCK];
    return block == FIRST_BLOCK || type == ISO_TYPE_PRIMARY ? names[0]
           : type == ISO_TYPE_BOOT                          ? names[1]
           : type == ISO_TYPE_TERMINATOR                    ? names[2]
                                                            : "volume descriptor";
}

static void survey_descriptors(struct disc *disc)
{
    struct surveyor *surveyor = disc->surveyor;

    for (uint64_t block = FIRST_BLOCK; block < FIRST_BLOCK + DESCRIPTORS_MAX; block++) {
        struct iso_descriptor_head head = {0};
        bool is_right = is_descriptor(surveyor, block, &head);
        size_t item = survey_add(surveyor, SURVEY_ISO, 0, block * ISO_BLOCK_SIZE, ISO_BLOCK_SIZE,
                                 name_of(surveyor, block, head.type));

        if (!is_right || (block == FIRST_BLOCK && head.type != ISO_TYPE_PRIMARY))
            wrong_field(disc, item, block * ISO_BLOCK_SIZE, sizeof(head), "the descriptor's mark",
                        head.type, block == FIRST_BLOCK ? ISO_TYPE_PRIMARY : ISO_TYPE_TERMINATOR);
        else
            take_descriptor(disc, item, block, head.type);
        if (head.type == ISO_TYPE_TERMINATOR || (!is_right && block > FIRST_BLOCK + 1) ||
            (surveyor->survey->is_ours && block == FIRST_BLOCK + 2))
            return;
    }
}

/* ---- El Torito ---- */

static void check_catalog(struct disc *disc, size_t item)
{
    uint64_t start = (uint64_t)disc->catalog * ISO_BLOCK_SIZE;
    struct boot_catalog catalog;
    const uint8_t *bytes = (const uint8_t *)&catalog;
    uint16_t sum = 0;

    if (!survey_read(disc->surveyor, item, start, sizeof(catalog), &catalog))
        return;
    for (size_t i = 0; i < sizeof(catalog.validation); i += 2)
        sum = (uint16_t)(sum + load_le16(bytes + i));
    if (catalog.validation.header != 1)
        wrong_field(disc, item, start, 1, "the mark of the first entry", catalog.validation.header,
                    1);
    else if (catalog.validation.key != 0xaa55)
        wrong_field(disc, item, start + offsetof(struct boot_validation, key), 2,
                    "the signature of the first entry", catalog.validation.key, 0xaa55);
    else if (sum != 0)
        wrong_field(disc, item, start, sizeof(catalog.validation), "the sum of the first entry",
                    sum, 0);
    if (catalog.bios.indicator == 0x88 &&
        (uint64_t)catalog.bios.block * ISO_BLOCK_SIZE >= disc->surveyor->disk->size)
        wrong_field(disc, item, start + offsetof(struct boot_catalog, bios), sizeof(catalog.bios),
                    "the block of the first boot image", catalog.bios.block,
                    disc->surveyor->disk->size / ISO_BLOCK_SIZE - 1);
}

/* ---- Images of mkimage, whose every byte is known ---- */

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
    struct tm utc = {.tm_year = time[0],
                     .tm_mon = time[1] - 1,
                     .tm_mday = time[2],
                     .tm_hour = time[3],
                     .tm_min = time[4],
                     .tm_sec = time[5]};
    time_t seconds = timegm(&utc);

    return seconds < 0 ? 0 : (uint64_t)seconds;
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

static void compare_with_own(struct disc *disc)
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

void survey_disc(struct surveyor *surveyor)
{
    struct disc disc = {.surveyor = surveyor, .primary_item = SURVEY_NO_ITEM};

    surveyor->survey->is_disc = is_disc(surveyor);
    if (!surveyor->survey->is_disc)
        return;
    survey_descriptors(&disc);
    if (surveyor->survey->is_ours) /* the boot record may be what is damaged */
        disc.catalog = ISO_START / ISO_BLOCK_SIZE + BLOCK_CATALOG;
    if (disc.has_catalog)
        check_catalog(&disc, survey_add(surveyor, SURVEY_BOOT_CATALOG, 0,
                                        (uint64_t)disc.catalog * ISO_BLOCK_SIZE, ISO_BLOCK_SIZE,
                                        "boot catalog"));
    if (surveyor->survey->is_ours)
        compare_with_own(&disc);
}
