/* SPDX-License-Identifier: MIT */
/* What makes an image a disc: ISO 9660 and the boot catalog of El Torito. */
#include <string.h>

#include "base/bytes.h"
#include "base/units.h"
#include "survey/survey_disc.h"

enum { DESCRIPTORS_MAX = 16 };

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

    for (uint64_t block = DISC_FIRST_BLOCK; block < DISC_FIRST_BLOCK + 3; block++)
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
        wrong_field(disc, disc->primary_item, DISC_FIRST_BLOCK * ISO_BLOCK_SIZE + offset, 2 * size,
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
    uint64_t start = DISC_FIRST_BLOCK * ISO_BLOCK_SIZE;

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

    if (surveyor->survey->is_ours && block - DISC_FIRST_BLOCK < COUNT_OF(names))
        return names[block - DISC_FIRST_BLOCK];
    return block == DISC_FIRST_BLOCK || type == ISO_TYPE_PRIMARY ? names[0]
           : type == ISO_TYPE_BOOT                               ? names[1]
           : type == ISO_TYPE_TERMINATOR                         ? names[2]
                                                                 : "volume descriptor";
}

static void survey_descriptors(struct disc *disc)
{
    struct surveyor *surveyor = disc->surveyor;

    for (uint64_t block = DISC_FIRST_BLOCK; block < DISC_FIRST_BLOCK + DESCRIPTORS_MAX; block++) {
        struct iso_descriptor_head head = {0};
        bool is_right = is_descriptor(surveyor, block, &head);
        size_t item = survey_add(surveyor, SURVEY_ISO, 0, block * ISO_BLOCK_SIZE, ISO_BLOCK_SIZE,
                                 name_of(surveyor, block, head.type));

        if (!is_right || (block == DISC_FIRST_BLOCK && head.type != ISO_TYPE_PRIMARY))
            wrong_field(disc, item, block * ISO_BLOCK_SIZE, sizeof(head), "the descriptor's mark",
                        head.type,
                        block == DISC_FIRST_BLOCK ? ISO_TYPE_PRIMARY : ISO_TYPE_TERMINATOR);
        else
            take_descriptor(disc, item, block, head.type);
        if (head.type == ISO_TYPE_TERMINATOR || (!is_right && block > DISC_FIRST_BLOCK + 1) ||
            (surveyor->survey->is_ours && block == DISC_FIRST_BLOCK + 2))
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

void survey_disc(struct surveyor *surveyor)
{
    struct disc disc = {.surveyor = surveyor, .primary_item = SURVEY_NO_ITEM};

    surveyor->survey->is_disc = is_disc(surveyor);
    if (!surveyor->survey->is_disc)
        return;
    survey_descriptors(&disc);
    if (surveyor->survey->is_ours) /* the boot record may be what is damaged */
        disc.catalog = DISC_FIRST_BLOCK + BLOCK_CATALOG;
    if (disc.has_catalog)
        check_catalog(&disc, survey_add(surveyor, SURVEY_BOOT_CATALOG, 0,
                                        (uint64_t)disc.catalog * ISO_BLOCK_SIZE, ISO_BLOCK_SIZE,
                                        "boot catalog"));
    if (surveyor->survey->is_ours)
        disc_compare_with_own(&disc);
}
