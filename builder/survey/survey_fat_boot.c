/* SPDX-License-Identifier: MIT */
/* A FAT's boot sector, and its backup (FAT 1.03, section 3). */
#include <string.h>

#include "base/bytes.h"
#include "base/units.h"
#include "survey/survey_fat.h"

enum { SECTOR = 512, PROBLEMS_MAX = 24, OEM_NAME = 3, OEM_NAME_SIZE = 8 };

struct field {
    const char *name;
    uint16_t offset, size;
};

static const struct field common_fields[] = {
    {"the jump", 0, 3},
    {"the OEM name", OEM_NAME, OEM_NAME_SIZE},
    {"the sector size", 11, 2},
    {"the number of sectors in a cluster", 13, 1},
    {"the number of reserved sectors", 14, 2},
    {"the number of FATs", 16, 1},
    {"the number of root entries", 17, 2},
    {"the 16-bit number of sectors", 19, 2},
    {"the media", 21, 1},
    {"the 16-bit size of the FAT", 22, 2},
    {"the number of sectors on a track", 24, 2},
    {"the number of heads", 26, 2},
    {"the number of hidden sectors", 28, 4},
    {"the number of sectors", 32, 4},
};

static const struct field fat32_fields[] = {
    {"the size of the FAT", 36, 4},  {"the flags", 40, 2},
    {"the version", 42, 2},          {"the first cluster of the root", 44, 4},
    {"the place of FSInfo", 48, 2},  {"the place of the backup", 50, 2},
    {"a reserved field", 52, 12},    {"the drive", 64, 1},
    {"a reserved field", 65, 1},     {"the extended signature", 66, 1},
    {"the serial number", 67, 4},    {"the label", 71, 11},
    {"the name of the type", 82, 8},
};

/* One of the two boot sectors, and what is wrong with it by itself. */
struct candidate {
    uint8_t bytes[SECTOR];
    uint64_t place; /* bytes from the start of the partition */
    bool opens;
    struct error error; /* why it does not */
    struct fat_volume volume;
    unsigned doubts; /* what speaks against it without being wrong for certain */
    size_t problem_count;
    struct problem {
        struct field field;
        uint64_t found, expected;
    } problems[PROBLEMS_MAX];
};

static bool read_overlay(struct reader *reader, uint64_t offset, uint64_t length, void *to,
                         struct error *error)
{
    struct overlay_reader *overlay = (struct overlay_reader *)reader;

    if (!reader_read(overlay->partition, offset, length, to, error))
        return false;
    if (offset < sizeof(overlay->sector))
        memcpy(to, overlay->sector + offset, minimum(length, sizeof(overlay->sector) - offset));
    return true;
}

static void overlay_init(struct fat_survey *fat, const uint8_t sector[SECTOR])
{
    fat->overlay = (struct overlay_reader){
        .reader = {.size = fat->partition.reader.size, .read = read_overlay},
        .partition = &fat->partition.reader,
    };
    memcpy(fat->overlay.sector, sector, SECTOR);
}

static bool peek(const struct fat_survey *fat, uint64_t offset, uint64_t length, void *to)
{
    return offset <= fat->partition.reader.size &&
           survey_peek(fat->surveyor, fat->start + offset, length, to);
}

/* ---- What a boot sector says by itself, and what it leads to ---- */

static uint64_t value_of(const uint8_t *bytes, const struct field *field)
{
    uint64_t value = 0;

    memcpy(&value, bytes + field->offset, minimum(field->size, sizeof(value)));
    return value;
}

static void add_problem(struct candidate *candidate, const char *name, uint16_t offset,
                        uint16_t size, uint64_t expected)
{
    struct problem *problem = &candidate->problems[candidate->problem_count];
    struct field field = {name, offset, size};

    if (candidate->problem_count < PROBLEMS_MAX) {
        *problem = (struct problem){field, value_of(candidate->bytes, &field), expected};
        candidate->problem_count++;
    }
}

static void expect(struct candidate *candidate, const char *name, uint16_t offset, uint16_t size,
                   uint64_t expected)
{
    struct field field = {name, offset, size};

    if (value_of(candidate->bytes, &field) != expected)
        add_problem(candidate, name, offset, size, expected);
}

/*
 * FAT12 and FAT16 have no second boot sector to compare with, but the sizes follow from one another
 * (fat_layout.c): the FATs are as large as the clusters need that would fit without them.
 */
static void expect_our_sizes(struct candidate *candidate)
{
    const struct fat_volume *volume = &candidate->volume;
    const uint8_t *bytes = candidate->bytes;
    uint64_t total = load_le16(bytes + 19) != 0 ? load_le16(bytes + 19) : load_le32(bytes + 32);
    uint64_t root = volume->root_size / volume->sector_size;
    uint64_t clusters = (total - 1 - root) / bytes[13] + 2;
    uint64_t size = (clusters * volume->type + 7) / 8;

    expect(candidate, "the 16-bit size of the FAT", 22, 2,
           (size + volume->sector_size - 1) / volume->sector_size);
    if (!is_aligned(volume->data_start, PAGE_SIZE) ||
        !is_aligned(volume->root_size, volume->sector_size))
        add_problem(candidate, "the number of root entries", 17, 2, 512);
    if (load_le16(bytes + 19) != 0)
        expect(candidate, "the number of sectors", 32, 4, 0);
    if (bytes[37] & 0xfc)
        add_problem(candidate, "a reserved field", 37, 1, 0);
}

/* What mkimage writes into each file system. */
static void expect_ours(const struct fat_survey *fat, struct candidate *candidate)
{
    static const uint8_t code[] = {0xcd, 0x18, 0xf4, 0xeb, 0xfd};
    bool is_fat32 = candidate->volume.type == FAT32;
    uint16_t tail = is_fat32 ? 64 : 36, begin = (uint16_t)(tail + 26);
    const uint8_t *bytes = candidate->bytes;
    uint64_t sectors = fat->partition.reader.size / candidate->volume.sector_size;

    if (memcmp(bytes + OEM_NAME, "BOWLINE ", OEM_NAME_SIZE) != 0)
        add_problem(candidate, "the OEM name", OEM_NAME, OEM_NAME_SIZE, load_le64("BOWLINE "));
    expect(candidate, "the jump", 0, 3, 0x9000eb | (uint32_t)(begin - 2) << 8);
    expect(candidate, "the number of sectors on a track", 24, 2, 63);
    expect(candidate, "the number of heads", 26, 2, 255);
    expect(candidate, "the number of hidden sectors", 28, 4,
           (uint32_t)(fat->start / candidate->volume.sector_size));
    if (is_fat32 || load_le16(bytes + 19) == 0)
        expect(candidate, "the number of sectors", 32, 4, (uint32_t)sectors);
    else
        expect(candidate, "the 16-bit number of sectors", 19, 2, sectors);
    expect(candidate, "the number of FATs", 16, 1, 2);
    if (!is_fat32)
        expect_our_sizes(candidate);
    else if (!is_aligned(candidate->volume.data_start, PAGE_SIZE))
        candidate->doubts++;
    expect(candidate, "the drive", tail, 1, 0x80);
    expect(candidate, "the extended signature", (uint16_t)(tail + 2), 1, 0x29);
    if (memcmp(bytes + tail + 18,
               is_fat32                          ? "FAT32   "
               : candidate->volume.type == FAT16 ? "FAT16   "
                                                 : "FAT12   ",
               8) != 0)
        add_problem(candidate, "the name of the type", (uint16_t)(tail + 18), 8, 0);
    for (uint16_t i = begin; i < 510; i++) {
        uint8_t expected = i - begin < (int)sizeof(code) ? code[i - begin] : 0;

        if (bytes[i] != expected) {
            add_problem(candidate, "a byte of its code", i, 1, expected);
            break;
        }
    }
}

/* What all of them have. */
static void expect_any(struct candidate *candidate)
{
    const uint8_t *bytes = candidate->bytes;
    bool is_fat32 = candidate->volume.type == FAT32;
    uint8_t media = bytes[21];

    if (!(bytes[0] == 0xe9 || (bytes[0] == 0xeb && bytes[2] == 0x90)))
        add_problem(candidate, "the jump", 0, 3, 0x9000eb);
    if (media != 0xf0 && media < 0xf8)
        add_problem(candidate, "the media", 21, 1, 0xf8);
    if (!is_fat32)
        return;
    expect(candidate, "the number of root entries", 17, 2, 0);
    expect(candidate, "the 16-bit number of sectors", 19, 2, 0);
    if (load_le16(bytes + 40) & 0xff70)
        add_problem(candidate, "the flags", 40, 2, 0);
    for (uint16_t i = 52; i < 64; i++)
        expect(candidate, "a reserved field", i, 1, 0);
}

/* The table's first entry repeats the media byte: is there one where the boot sector says? */
static void look_at_tables(const struct fat_survey *fat, struct candidate *candidate)
{
    const struct fat_volume *volume = &candidate->volume;
    uint64_t first = (uint64_t)load_le16(candidate->bytes + 14) * volume->sector_size;
    uint32_t mask = volume->type == FAT12 ? 0xfff : volume->type == FAT16 ? 0xffff : 0x0fffffff;
    unsigned wrong = 0, other_media = 0;

    for (uint32_t i = 0; i < volume->fat_count; i++) {
        uint8_t entry[4];

        if (!peek(fat, first + i * volume->fat_size, sizeof(entry), entry))
            continue;
        wrong += (load_le32(entry) & mask) != ((0xffffff00 | candidate->bytes[21]) & mask);
        other_media += (load_le32(entry) & mask & ~UINT32_C(0xff)) == (mask & ~UINT32_C(0xff)) &&
                       entry[0] != candidate->bytes[21];
    }
    candidate->doubts += wrong;
    if (volume->fat_count > 0 && other_media == volume->fat_count)
        add_problem(candidate, "the media", 21, 1, 0xf8);
    else if (wrong == volume->fat_count)
        add_problem(candidate, "the number of reserved sectors", 14, 2, 0);
}

/* Does each directory of the root begin with "." where its cluster is? */
static void look_at_directories(const struct fat_survey *fat, struct candidate *candidate)
{
    const struct fat_volume *volume = &candidate->volume;
    uint64_t root = volume->type == FAT32 ? fat_cluster_offset(volume, volume->root_cluster)
                                          : volume->root_start;
    unsigned seen = 0, wrong = 0;
    uint8_t entries[SECTOR], first[FAT_ENTRY_SIZE];

    if (volume->type == FAT32 && !fat_is_cluster(volume, volume->root_cluster)) {
        add_problem(candidate, "the first cluster of the root", 44, 4, 2);
        return;
    }
    if (!peek(fat, root, sizeof(entries), entries)) {
        candidate->doubts++;
        return;
    }
    for (size_t i = 0; i < sizeof(entries) && entries[i] != 0; i += FAT_ENTRY_SIZE) {
        const uint8_t *entry = entries + i;
        uint32_t cluster = load_le16(entry + 26);

        if (volume->type == FAT32)
            cluster |= (uint32_t)load_le16(entry + 20) << 16;
        if (entry[0] == 0xe5 || (entry[11] & 0x3f) == 0x0f || !(entry[11] & 0x10))
            continue;
        seen++;
        wrong += !fat_is_cluster(volume, cluster) ||
                 !peek(fat, fat_cluster_offset(volume, cluster), sizeof(first), first) ||
                 memcmp(first, ".          ", 11) != 0;
    }
    candidate->doubts += wrong;
    if (seen == 0 && fat->is_ours)
        candidate->doubts++;
    if (wrong > 1 && wrong == seen)
        add_problem(candidate,
                    volume->type == FAT32 ? "the number of sectors in a cluster"
                                          : "the number of root entries",
                    volume->type == FAT32 ? 13 : 17, volume->type == FAT32 ? 1 : 2, 0);
}

static void judge(struct fat_survey *fat, struct candidate *candidate)
{
    overlay_init(fat, candidate->bytes);
    candidate->opens = fat_open(&fat->overlay.reader, &candidate->volume, &candidate->error);
    if (!candidate->opens)
        return;
    expect_any(candidate);
    if (fat->is_ours)
        expect_ours(fat, candidate);
    look_at_tables(fat, candidate);
    look_at_directories(fat, candidate);
}

static bool is_better(const struct candidate *a, const struct candidate *b)
{
    if (a->opens != b->opens)
        return a->opens;
    return a->problem_count + a->doubts < b->problem_count + b->doubts;
}

/* ---- Both of them ---- */

static void find_backup(const struct fat_survey *fat, const struct candidate *primary,
                        struct candidate *backup)
{
    const uint64_t places[] = {
        (uint64_t)load_le16(primary->bytes + 50) * load_le16(primary->bytes + 11),
        6 * 512,
        6 * 4096,
    };

    for (size_t i = 0; i < COUNT_OF(places); i++) {
        struct fat_survey probe = *fat;

        *backup = (struct candidate){.place = places[i]};
        if (places[i] < SECTOR || !peek(fat, places[i], SECTOR, backup->bytes) ||
            load_le16(backup->bytes + 22) != 0) /* only FAT32 has one */
            continue;
        judge(&probe, backup);
        if (backup->opens)
            return;
    }
    *backup = (struct candidate){0};
}

/* By the name of its maker, or by the code that stands behind the fields of either kind. */
static bool looks_ours(const uint8_t *bytes)
{
    static const char name[] = "BOWLINE ";
    static const uint8_t code[] = {0xcd, 0x18, 0xf4, 0xeb, 0xfd};
    unsigned same = 0;

    for (size_t i = 0; i < OEM_NAME_SIZE; i++)
        same += bytes[OEM_NAME + i] == name[i];
    return same > OEM_NAME_SIZE / 2 || memcmp(bytes + 62, code, sizeof(code)) == 0 ||
           memcmp(bytes + 90, code, sizeof(code)) == 0;
}

static void report(struct fat_survey *fat, size_t item, const struct candidate *candidate)
{
    for (size_t i = 0; i < candidate->problem_count; i++) {
        const struct problem *problem = &candidate->problems[i];

        DAMAGE_WITH(fat->surveyor, item, fat->start + candidate->place + problem->field.offset,
                    problem->field.size, FAT_FIELD, problem->field.name, problem->found,
                    problem->expected);
    }
}

static const char *field_at(size_t offset)
{
    for (size_t i = 0; i < COUNT_OF(common_fields); i++)
        if (offset - common_fields[i].offset < common_fields[i].size)
            return common_fields[i].name;
    for (size_t i = 0; i < COUNT_OF(fat32_fields); i++)
        if (offset - fat32_fields[i].offset < fat32_fields[i].size)
            return fat32_fields[i].name;
    return offset < 510 ? "the code" : "the signature";
}

/* Each field in which they differ is a finding of the worse one; of both if nothing tells them
 * apart. */
static void compare(struct fat_survey *fat, const struct candidate *primary,
                    const struct candidate *backup)
{
    bool is_primary_worse = is_better(backup, primary),
         is_backup_worse = is_better(primary, backup);
    const char *last = NULL;

    for (size_t i = 0; i < SECTOR; i++) {
        const char *name = field_at(i);

        if (primary->bytes[i] == backup->bytes[i] || name == last)
            continue;
        last = name;
        if (i == 65 && (primary->bytes[i] ^ backup->bytes[i]) < 4)
            continue; /* "is in use", by drivers that mark it there */
        if (!is_backup_worse)
            DAMAGE_WITH(fat->surveyor, fat->boot_item, fat->start + i, 1, FAT_COPIES, name,
                        primary->bytes[i], backup->bytes[i]);
        if (!is_primary_worse)
            DAMAGE_WITH(fat->surveyor, fat->backup_item, fat->start + backup->place + i, 1,
                        FAT_COPIES, name, backup->bytes[i], primary->bytes[i]);
    }
}

void fat_check_rest(struct fat_survey *fat, size_t item, uint64_t place)
{
    uint64_t at;

    if (fat->is_ours && !survey_is_zero(fat->surveyor, fat->start + place + SECTOR,
                                        fat->volume.sector_size - SECTOR, &at))
        DAMAGE_WITH(fat->surveyor, item, at, 1, FAT_FIELD, "the rest of the sector", 1, 0);
}

/* One that knows its own place, or one that the boot sector knows. */
static bool has_backup(const struct fat_survey *fat, const struct candidate *right,
                       struct candidate *backup)
{
    uint64_t sector_size = fat->volume.sector_size;
    uint32_t place = load_le16(right->bytes + 50);

    if (fat->volume.type != FAT32)
        return false;
    if (backup->opens && load_le16(backup->bytes + 50) * sector_size == backup->place)
        return true;
    if (place == 0 || place >= load_le16(right->bytes + 14))
        return false;
    backup->place = place * sector_size;
    return backup->opens || peek(fat, backup->place, SECTOR, backup->bytes);
}

bool fat_survey_boot(struct fat_survey *fat, bool is_required)
{
    static struct candidate primary, backup; /* large */
    const struct candidate *right = &primary;

    primary = (struct candidate){0};
    fat->backup_item = SURVEY_NO_ITEM;
    if (!peek(fat, 0, SECTOR, primary.bytes))
        return false;
    find_backup(fat, &primary, &backup);
    fat->is_ours = looks_ours(primary.bytes) || (backup.opens && looks_ours(backup.bytes));
    judge(fat, &primary);
    if (backup.opens) {
        backup.problem_count = backup.doubts = 0;
        judge(fat, &backup);
    }
    if (!primary.opens && !is_required && !fat->is_ours)
        return false;
    if (!primary.opens && !backup.opens) {
        fat->boot_item = fat_add_item(fat, SURVEY_FAT_BOOT_SECTOR, 0, SECTOR, "FAT boot sector");
        survey_note(fat->surveyor, fat->boot_item, SURVEY_DAMAGED, fat->start, SECTOR,
                    &primary.error);
        return false;
    }
    if (backup.opens && is_better(&backup, &primary))
        right = &backup;
    overlay_init(fat, right->bytes);
    fat->volume = right->volume;
    fat->volume.partition = &fat->overlay.reader;

    fat->boot_item =
        fat_add_item(fat, SURVEY_FAT_BOOT_SECTOR, 0, fat->volume.sector_size, "FAT boot sector");
    if (!primary.opens)
        survey_note(fat->surveyor, fat->boot_item, SURVEY_DAMAGED, fat->start, SECTOR,
                    &primary.error);
    report(fat, fat->boot_item, &primary);
    fat_check_rest(fat, fat->boot_item, 0);

    if (!has_backup(fat, right, &backup))
        return true;
    fat->backup_item = fat_add_item(fat, SURVEY_FAT_BOOT_SECTOR, backup.place,
                                    fat->volume.sector_size, "backup of the FAT boot sector");
    if (!backup.opens) {
        struct fat_survey probe = *fat;

        judge(&probe, &backup);
    }
    if (!backup.opens) {
        survey_note(fat->surveyor, fat->backup_item, SURVEY_DAMAGED, fat->start + backup.place,
                    SECTOR, &backup.error);
        return true;
    }
    report(fat, fat->backup_item, &backup);
    compare(fat, &primary, &backup);
    fat_check_rest(fat, fat->backup_item, backup.place);
    return true;
}
