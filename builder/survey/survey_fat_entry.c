/* SPDX-License-Identifier: MIT */
/* One entry of a directory: its short name, its fields, its long name (FAT 1.03, sections 6 and 7).
 */
#include <ctype.h>
#include <string.h>

#include "base/bytes.h"
#include "base/units.h"
#include "survey/survey_fat_directory.h"

uint64_t directory_place(const struct directory *directory, uint64_t offset)
{
    return extents_place(directory->extents, directory->extent_count, offset);
}

void directory_wrong(struct directory *directory, uint64_t offset, uint64_t size, const char *what,
                     uint64_t found)
{
    struct fat_survey *fat = directory->fat;

    PROBLEM(fat, fat->found[directory->index].item, directory_place(directory, offset), size,
            FAT_ENTRY, what, found, offset / FAT_ENTRY_SIZE);
}

/* ---- Short entries ---- */

static bool is_short_character(uint8_t byte)
{
    return byte >= 0x80 || (byte > ' ' && byte != 0x7f && !islower(byte) &&
                            strchr("\"*+,./:;<=>?[\\]|", byte) == NULL);
}

void directory_check_short_name(struct directory *directory, uint64_t offset)
{
    const uint8_t *name = directory->bytes + offset;

    for (size_t i = 0; i < NAME_SIZE; i++) {
        bool is_padding = name[i] == ' ' && i != 0;

        if (!is_short_character(name[i]) && !is_padding && !(i == 0 && name[i] == KANJI_E5)) {
            directory_wrong(directory, offset + i, 1, "a byte of a short name", name[i]);
            return;
        }
    }
}

static bool is_date(uint16_t date)
{
    unsigned month = date >> 5 & 15, day = date & 31;

    return date == 0 || (month >= 1 && month <= 12 && day >= 1);
}

static bool is_time(uint16_t time)
{
    return time >> 11 < 24 && (time >> 5 & 63) < 60 && (time & 31) < 30;
}

static void check_times(struct directory *directory, uint64_t offset)
{
    const uint8_t *entry = directory->bytes + offset;

    if (entry[13] > 199)
        directory_wrong(directory, offset + 13, 1, "the hundredths of its creation", entry[13]);
    if (!is_time(load_le16(entry + 14)))
        directory_wrong(directory, offset + 14, 2, "the time of its creation",
                        load_le16(entry + 14));
    if (!is_date(load_le16(entry + 16)))
        directory_wrong(directory, offset + 16, 2, "the date of its creation",
                        load_le16(entry + 16));
    if (!is_date(load_le16(entry + 18)))
        directory_wrong(directory, offset + 18, 2, "the date of its last use",
                        load_le16(entry + 18));
    if (!is_time(load_le16(entry + 22)))
        directory_wrong(directory, offset + 22, 2, "the time of its last change",
                        load_le16(entry + 22));
    if (!is_date(load_le16(entry + 24)) || (directory->fat->is_ours && load_le16(entry + 24) == 0))
        directory_wrong(directory, offset + 24, 2, "the date of its last change",
                        load_le16(entry + 24));
}

void directory_check_fields(struct directory *directory, uint64_t offset)
{
    const uint8_t *entry = directory->bytes + offset;

    if (entry[11] & ATTRIBUTES_RESERVED)
        directory_wrong(directory, offset + 11, 1, "the attributes of an entry", entry[11]);
    if (entry[12] & ~LOWER_CASE)
        directory_wrong(directory, offset + 12, 1, "the case of a short name", entry[12]);
    if (directory->fat->is_ours && directory->fat->volume.type != FAT32 &&
        load_le16(entry + 20) != 0)
        directory_wrong(directory, offset + 20, 2, "a reserved field", load_le16(entry + 20));
    check_times(directory, offset);
}

/* The volume label: one, in the root, and the same as in the boot sector. */
void directory_check_label(struct directory *directory, uint64_t offset)
{
    struct fat_survey *fat = directory->fat;
    const uint8_t *entry = directory->bytes + offset;
    char label[NAME_SIZE + 1] = {0};
    bool is_fat32 = fat->volume.type == FAT32;
    const uint8_t *in_boot_sector = fat->overlay.sector + (is_fat32 ? 71 : 43);

    if (directory->index != 0 || directory->label != 0 ||
        (entry[11] & ~(ATTRIBUTE_LABEL | ATTRIBUTE_ARCHIVE)) != 0) {
        directory_wrong(directory, offset, FAT_ENTRY_SIZE, "the attributes of a label", entry[11]);
        return;
    }
    directory->label = offset + 1;
    directory_check_fields(directory, offset);
    if (load_le16(entry + 20) != 0 || load_le16(entry + 26) != 0)
        directory_wrong(directory, offset + 26, 2, "the cluster of the label",
                        load_le16(entry + 26));
    if (load_le32(entry + 28) != 0)
        directory_wrong(directory, offset + 28, 4, "the size of the label", load_le32(entry + 28));
    memcpy(label, entry, NAME_SIZE);
    for (size_t end = NAME_SIZE; end > 0 && label[end - 1] == ' '; end--)
        label[end - 1] = '\0';
    if (fat->is_ours ? memcmp(entry, in_boot_sector, NAME_SIZE) == 0
                     : fat->volume.label[0] == '\0' || strcmp(label, fat->volume.label) == 0)
        return;
    fat_problem(fat, fat->found[directory->index].item, fat->is_ours ? SURVEY_DAMAGED : SURVEY_ODD,
                directory_place(directory, offset), NAME_SIZE, ERROR_FAT_LABEL, fat->volume.label,
                (const uint64_t[4]){0});
    if (fat->is_ours && !is_fat32) /* there is no third one to tell which is right */
        PROBLEM(fat, fat->boot_item, fat->start + 43, NAME_SIZE, FAT_LABEL, label, 0);
}

/* ---- Long names ---- */

static uint8_t checksum_of(const uint8_t *name)
{
    uint8_t sum = 0;

    for (size_t i = 0; i < NAME_SIZE; i++)
        sum = (uint8_t)((sum >> 1 | sum << 7) + name[i]);
    return sum;
}

/* One NUL behind the name, then 0xffff; pairs of surrogates; nothing that a path cannot hold. */
static bool are_units_right(const uint8_t *last_part, unsigned parts)
{
    static const uint8_t places[UNITS_PER_PART] = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
    bool has_ended = false, is_half = false;

    for (unsigned i = 0; i < parts * UNITS_PER_PART; i++) {
        const uint8_t *part = last_part + (parts - 1 - i / UNITS_PER_PART) * FAT_ENTRY_SIZE;
        uint16_t unit = load_le16(part + places[i % UNITS_PER_PART]);
        bool is_low = unit >= 0xdc00 && unit < 0xe000;

        if (has_ended) {
            if (unit != 0xffff)
                return false;
            continue;
        }
        if (is_half != is_low)
            return false;
        is_half = unit >= 0xd800 && unit < 0xdc00;
        if (unit == 0) {
            if (i <= (parts - 1) * UNITS_PER_PART)
                return false; /* the part would not be needed */
            has_ended = true;
        } else if (unit < 0x20 || unit == 0xffff ||
                   (unit < 0x80 && strchr("\"*/:<>?\\|", unit) != NULL)) {
            return false;
        }
    }
    return !is_half;
}

void directory_check_long_name(struct directory *directory, uint64_t start, uint64_t offset,
                               const char *name)
{
    struct fat_survey *fat = directory->fat;
    unsigned parts = (unsigned)((offset - start) / FAT_ENTRY_SIZE);
    uint8_t checksum = checksum_of(directory->bytes + offset);
    bool is_right = parts <= 20;

    for (unsigned i = 0; i < parts && is_right; i++) {
        const uint8_t *part = directory->bytes + start + i * FAT_ENTRY_SIZE;

        is_right = part[0] == ((parts - i) | (i == 0 ? LAST_PART : 0)) && part[12] == 0 &&
                   part[11] == ATTRIBUTE_LONG_NAME && part[13] == checksum &&
                   load_le16(part + 26) == 0;
    }
    if (is_right && are_units_right(directory->bytes + start, parts))
        return;
    PROBLEM(fat, fat->found[directory->index].item, directory_place(directory, start),
            offset - start, FAT_LONG_NAME, name, start / FAT_ENTRY_SIZE);
}

void directory_check_orphans(struct directory *directory, uint64_t start, uint64_t end)
{
    if (start < end)
        directory_wrong(directory, start, end - start, "a long name without a file: its first byte",
                        directory->bytes[start]);
}
