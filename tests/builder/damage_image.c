/* SPDX-License-Identifier: MIT */
/*
 * Damages an image in one place at a time, and surveys it: the survey has to find it, in the
 * structure that the place belongs to.
 *
 *   damage_image IMAGE COUNT [KIND...]
 *
 * First every field of every structure, by name; then COUNT bytes of each structure, drawn with a
 * fixed seed. KINDs (survey_kind_name()) restrict it: images of other tools have structures that
 * nothing watches. One line for each structure says how many damages were made and found. Where any
 * value is right (a free byte, a time, the text of a name), a damage is made too, but what the
 * survey says of it is not judged.
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/units.h"
#include "iso9660.h"
#include "survey.h"

struct field {
    enum survey_kind kind;
    const char *item; /* name; NULL: all of the kind */
    const char *name;
    uint32_t offset, size;
};

#define ENTRY(kind, offset, number)                                                                \
    {kind, NULL, "entry " number ": indicator", (offset), 1},                                      \
        {kind, NULL, "entry " number ": first CHS", (offset) + 1, 3},                              \
        {kind, NULL, "entry " number ": type", (offset) + 4, 1},                                   \
        {kind, NULL, "entry " number ": last CHS", (offset) + 5, 3},                               \
        {kind, NULL, "entry " number ": first sector", (offset) + 8, 4},                           \
    {                                                                                              \
        kind, NULL, "entry " number ": sectors", (offset) + 12, 4                                  \
    }

#define GPT_ENTRY(offset, number)                                                                  \
    {SURVEY_GPT_ENTRIES, NULL, "entry " number ": type", (offset), 16},                            \
        {SURVEY_GPT_ENTRIES, NULL, "entry " number ": GUID", (offset) + 16, 16},                   \
        {SURVEY_GPT_ENTRIES, NULL, "entry " number ": first sector", (offset) + 32, 8},            \
        {SURVEY_GPT_ENTRIES, NULL, "entry " number ": last sector", (offset) + 40, 8},             \
        {SURVEY_GPT_ENTRIES, NULL, "entry " number ": attributes", (offset) + 48, 8},              \
    {                                                                                              \
        SURVEY_GPT_ENTRIES, NULL, "entry " number ": name", (offset) + 56, 72                      \
    }

#define PRIMARY(name, member)                                                                      \
    {                                                                                              \
        SURVEY_ISO, "primary volume descriptor", name, offsetof(struct iso_primary, member),       \
            sizeof(((struct iso_primary *)0)->member)                                              \
    }

#define BOOT_ENTRY(number, offset)                                                                 \
    {SURVEY_BOOT_CATALOG, NULL, "entry " number ": indicator", (offset), 1},                       \
        {SURVEY_BOOT_CATALOG, NULL, "entry " number ": media", (offset) + 1, 1},                   \
        {SURVEY_BOOT_CATALOG, NULL, "entry " number ": segment", (offset) + 2, 2},                 \
        {SURVEY_BOOT_CATALOG, NULL, "entry " number ": system type", (offset) + 4, 1},             \
        {SURVEY_BOOT_CATALOG, NULL, "entry " number ": sectors", (offset) + 6, 2},                 \
    {                                                                                              \
        SURVEY_BOOT_CATALOG, NULL, "entry " number ": block", (offset) + 8, 4                      \
    }

#define PATCH(kind)                                                                                \
    {kind, NULL, "place of stage 2", 424, 8}, {kind, NULL, "checksum of stage 2", 432, 4},         \
        {kind, NULL, "length of stage 2", 436, 2},                                                 \
    {                                                                                              \
        kind, NULL, "reserved", 438, 2                                                             \
    }

static const struct field fields[] = {
    {SURVEY_BOOT_SECTOR, NULL, "jump", 0, 3},
    {SURVEY_BOOT_SECTOR, NULL, "first code", 90, 4},
    {SURVEY_BOOT_SECTOR, NULL, "last code", 420, 4},
    PATCH(SURVEY_BOOT_SECTOR),

    {SURVEY_MBR, NULL, "disk signature", 0, 4},
    {SURVEY_MBR, NULL, "reserved", 4, 2},
    ENTRY(SURVEY_MBR, 6, "1"),
    ENTRY(SURVEY_MBR, 22, "2"),
    ENTRY(SURVEY_MBR, 38, "3"),
    ENTRY(SURVEY_MBR, 54, "4"),
    {SURVEY_MBR, NULL, "boot signature", 70, 2},

    {SURVEY_GPT_HEADER, NULL, "signature", 0, 8},
    {SURVEY_GPT_HEADER, NULL, "revision", 8, 4},
    {SURVEY_GPT_HEADER, NULL, "header size", 12, 4},
    {SURVEY_GPT_HEADER, NULL, "header CRC", 16, 4},
    {SURVEY_GPT_HEADER, NULL, "reserved", 20, 4},
    {SURVEY_GPT_HEADER, NULL, "own place", 24, 8},
    {SURVEY_GPT_HEADER, NULL, "other copy", 32, 8},
    {SURVEY_GPT_HEADER, NULL, "first usable sector", 40, 8},
    {SURVEY_GPT_HEADER, NULL, "last usable sector", 48, 8},
    {SURVEY_GPT_HEADER, NULL, "disk GUID", 56, 16},
    {SURVEY_GPT_HEADER, NULL, "place of the entries", 72, 8},
    {SURVEY_GPT_HEADER, NULL, "number of entries", 80, 4},
    {SURVEY_GPT_HEADER, NULL, "size of an entry", 84, 4},
    {SURVEY_GPT_HEADER, NULL, "entries CRC", 88, 4},
    {SURVEY_GPT_HEADER, NULL, "rest of the sector", 92, 1},
    {SURVEY_GPT_HEADER, NULL, "end of the sector", 511, 1},
    GPT_ENTRY(0, "1"),
    GPT_ENTRY(128, "2"),
    GPT_ENTRY(127 * 128, "128"),

    PRIMARY("type", head.type),
    PRIMARY("identifier", head.identifier),
    PRIMARY("version", head.version),
    PRIMARY("unused, first", unused0),
    PRIMARY("system", system),
    PRIMARY("volume", volume),
    PRIMARY("unused, second", unused1),
    PRIMARY("blocks, little-endian", blocks.little),
    PRIMARY("blocks, big-endian", blocks.big),
    PRIMARY("unused, third", unused2),
    PRIMARY("set size", set_size),
    PRIMARY("sequence number", sequence_number),
    PRIMARY("block size", block_size),
    PRIMARY("path table size", path_table_size),
    PRIMARY("path table", path_table_little),
    PRIMARY("copy of the path table", path_table_little_copy),
    PRIMARY("path table, big-endian", path_table_big),
    PRIMARY("copy of the path table, big-endian", path_table_big_copy),
    PRIMARY("root: length", root.length),
    PRIMARY("root: block", root.block),
    PRIMARY("root: size", root.size),
    PRIMARY("root: time", root.time),
    PRIMARY("root: flags", root.flags),
    PRIMARY("root: name", root_name),
    PRIMARY("volume set", volume_set),
    PRIMARY("publisher", publisher),
    PRIMARY("preparer", preparer),
    PRIMARY("application", application),
    PRIMARY("files", files),
    PRIMARY("created", created),
    PRIMARY("modified", modified),
    PRIMARY("expires", expires),
    PRIMARY("effective", effective),
    PRIMARY("structure version", structure_version),
    PRIMARY("application use", application_use),
    PRIMARY("reserved", reserved1),
    {SURVEY_ISO, "boot record", "type", 0, 1},
    {SURVEY_ISO, "boot record", "identifier", 1, 5},
    {SURVEY_ISO, "boot record", "version", 6, 1},
    {SURVEY_ISO, "boot record", "boot system", 7, 32},
    {SURVEY_ISO, "boot record", "unused", 39, 32},
    {SURVEY_ISO, "boot record", "catalog", 71, 4},
    {SURVEY_ISO, "volume descriptor set terminator", "type", 0, 1},
    {SURVEY_ISO, "volume descriptor set terminator", "identifier", 1, 5},
    {SURVEY_ISO, "volume descriptor set terminator", "version", 6, 1},
    {SURVEY_ISO, "path table, little-endian", "name length", 0, 1},
    {SURVEY_ISO, "path table, little-endian", "block", 2, 4},
    {SURVEY_ISO, "path table, little-endian", "parent", 6, 2},
    {SURVEY_ISO, "path table, big-endian", "block", 2, 4},
    {SURVEY_ISO, "path table, big-endian", "parent", 6, 2},
    {SURVEY_ISO, "root directory of the disc", ".: length", 0, 1},
    {SURVEY_ISO, "root directory of the disc", ".: block", 2, 8},
    {SURVEY_ISO, "root directory of the disc", ".: size", 10, 8},
    {SURVEY_ISO, "root directory of the disc", ".: time", 18, 7},
    {SURVEY_ISO, "root directory of the disc", "..: length", 34, 1},
    {SURVEY_ISO, "root directory of the disc", "..: block", 36, 8},
    {SURVEY_ISO, "root directory of the disc", "..: time", 52, 7},
    {SURVEY_ISO, "root directory of the disc", "first file: length", 68, 1},
    {SURVEY_ISO, "root directory of the disc", "first file: block", 70, 8},
    {SURVEY_ISO, "root directory of the disc", "first file: size", 78, 8},
    {SURVEY_ISO, "root directory of the disc", "first file: name", 101, 10},
    {SURVEY_ISO, "README.TXT of the disc", "text", 0, 64},
    {SURVEY_BOOT_CATALOG, NULL, "header", 0, 1},
    {SURVEY_BOOT_CATALOG, NULL, "platform", 1, 1},
    {SURVEY_BOOT_CATALOG, NULL, "reserved", 2, 2},
    {SURVEY_BOOT_CATALOG, NULL, "identifier", 4, 24},
    {SURVEY_BOOT_CATALOG, NULL, "checksum", 28, 2},
    {SURVEY_BOOT_CATALOG, NULL, "key", 30, 2},
    BOOT_ENTRY("for BIOS", 32),
    {SURVEY_BOOT_CATALOG, NULL, "section: header", 64, 1},
    {SURVEY_BOOT_CATALOG, NULL, "section: platform", 65, 1},
    {SURVEY_BOOT_CATALOG, NULL, "section: entries", 66, 2},
    BOOT_ENTRY("for UEFI", 96),
    {SURVEY_DISC_SECTOR, NULL, "jump", 0, 3},
    {SURVEY_DISC_SECTOR, NULL, "gap", 3, 1},
    {SURVEY_DISC_SECTOR, NULL, "first code", 90, 4},
    PATCH(SURVEY_DISC_SECTOR),
    {SURVEY_DISC_SECTOR, NULL, "rest", 440, 1},
    {SURVEY_DISC_SECTOR, NULL, "end", 2047, 1},

    {SURVEY_STAGE, "stage 2", "jump", 0, 4},
    {SURVEY_STAGE, "stage 2", "magic", 4, 4},
    {SURVEY_STAGE, "stage 2", "place of stage 3", 8, 8},
    {SURVEY_STAGE, "stage 2", "packed size", 16, 4},
    {SURVEY_STAGE, "stage 2", "packed CRC", 20, 4},
    {SURVEY_STAGE, "stage 2", "size of stage 3", 24, 4},
    {SURVEY_STAGE, "stage 2", "mark", 28, 4},
    {SURVEY_STAGE, "stage 2", "code", 32, 4},
    {SURVEY_STAGE, "stage 3", "first bytes", 0, 4},

    {SURVEY_FAT_BOOT_SECTOR, NULL, "jump", 0, 3},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "OEM name", 3, 8},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "sector size", 11, 2},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "sectors per cluster", 13, 1},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "reserved sectors", 14, 2},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "FATs", 16, 1},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "root entries", 17, 2},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "16-bit sectors", 19, 2},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "media", 21, 1},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "16-bit FAT size", 22, 2},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "sectors per track", 24, 2},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "heads", 26, 2},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "hidden sectors", 28, 4},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "32-bit sectors", 32, 4},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "32-bit FAT size", 36, 4},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "flags", 40, 2},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "version", 42, 2},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "root cluster", 44, 4},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "FSInfo", 48, 2},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "backup", 50, 2},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "reserved", 52, 12},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "drive", 64, 1},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "in use", 65, 1},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "extended signature", 66, 1},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "serial number", 67, 4},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "label", 71, 11},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "type name", 82, 8},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "code", 90, 5},
    {SURVEY_FAT_BOOT_SECTOR, NULL, "signature", 510, 2},
    {SURVEY_FAT_INFO, NULL, "lead signature", 0, 4},
    {SURVEY_FAT_INFO, NULL, "reserved", 4, 4},
    {SURVEY_FAT_INFO, NULL, "signature", 484, 4},
    {SURVEY_FAT_INFO, NULL, "free clusters", 488, 4},
    {SURVEY_FAT_INFO, NULL, "next free cluster", 492, 4},
    {SURVEY_FAT_INFO, NULL, "reserved, second", 496, 12},
    {SURVEY_FAT_INFO, NULL, "trail signature", 508, 4},
    {SURVEY_FAT_TABLE, NULL, "entry 0", 0, 4},
    {SURVEY_FAT_TABLE, NULL, "entry 1", 4, 4},
    {SURVEY_FAT_TABLE, NULL, "entry 2", 8, 4},
    {SURVEY_FAT_TABLE, NULL, "entry 9", 36, 4},
    {SURVEY_FAT_TABLE, NULL, "entry 10000", 40000, 4},

    {SURVEY_FILE, "/kernel.elf", "ELF magic", 0, 4},
    {SURVEY_FILE, "/kernel.elf", "ELF class", 4, 1},
    {SURVEY_FILE, "/kernel.elf", "ELF data", 5, 1},
    {SURVEY_FILE, "/kernel.elf", "ELF machine", 18, 2},
    {SURVEY_FILE, "/kernel.elf", "ELF version", 20, 4},
    {SURVEY_FILE, "/kernel.elf", "ELF header entry size", 54, 2},
    {SURVEY_FILE, "/EFI/BOOT/BOOTX64.EFI", "MZ", 0, 2},
    {SURVEY_FILE, "/EFI/BOOT/BOOTX64.EFI", "place of the PE header", 0x3c, 4},
};

static const struct {
    const char *name;
    uint8_t offset, size;
} slot_fields[] = {
    {"name", 0, 11},        {"attributes", 11, 1},    {"case", 12, 1},
    {"hundredths", 13, 1},  {"creation time", 14, 2}, {"creation date", 16, 2},
    {"last use", 18, 2},    {"upper cluster", 20, 2}, {"change time", 22, 2},
    {"change date", 24, 2}, {"lower cluster", 26, 2}, {"size", 28, 4},
};

static uint8_t *image;
static uint64_t image_size;
static struct stages own;
static struct survey whole;
static unsigned kinds; /* bits */
static unsigned long failures, total, total_found, total_noted, total_free;

static struct {
    unsigned long made, found, noted, free;
} * counts; /* by item of `whole` */

/* ---- Where any value is right ---- */

enum demand { DEMAND_FOUND, DEMAND_NOTED, DEMAND_NOTHING };

static bool is_changed_outside(const uint8_t *before, const uint8_t *after, uint32_t start,
                               uint32_t end, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        if ((i < start || i >= end) && before[i] != after[i])
            return true;
    return false;
}

static enum demand demand_of_slot(const uint8_t *before, const uint8_t *after)
{
    bool is_long = (before[11] & 0x3f) == 0x0f;
    uint32_t size_before = load_le32(before + 28), size_after = load_le32(after + 28);

    if (before[0] == 0xe5 || (before[0] == 0 && after[0] == 0xe5))
        return DEMAND_NOTHING;
    if (before[0] == 0)
        return after[0] != 0 && whole.is_ours ? DEMAND_FOUND : DEMAND_NOTHING;
    if (is_long) { /* the text of a name may be any */
        if (!is_changed_outside(before, after, 1, 11, 32) ||
            !is_changed_outside(before, after, 14, 26, 32) ||
            !is_changed_outside(before, after, 28, 32, 32))
            return DEMAND_NOTHING;
        return DEMAND_FOUND;
    }
    if (!whole.is_ours) { /* whatever it is called, nobody expected it to be there */
        if (!is_changed_outside(before, after, 0, 11, 32))
            return DEMAND_NOTHING;
        if (whole.volumes[0].type != FAT32 && !is_changed_outside(before, after, 20, 22, 32))
            return DEMAND_NOTHING;
        if ((before[11] & 8) && !is_changed_outside(before, after, 11, 12, 32))
            return DEMAND_NOTHING;
    }
    /* Times, and what a user may set: read-only, hidden, system, archive. */
    if (!is_changed_outside(before, after, 13, 20, 32) ||
        !is_changed_outside(before, after, 22, 26, 32))
        return DEMAND_NOTHING;
    if (!is_changed_outside(before, after, 11, 12, 32) && ((before[11] ^ after[11]) & ~0x27) == 0)
        return DEMAND_NOTHING;
    if (!is_changed_outside(before, after, 12, 13, 32) && ((before[12] ^ after[12]) & ~0x18) == 0)
        return DEMAND_NOTHING;
    /* Nothing knows how long a file is that fills as many clusters either way. */
    if (!is_changed_outside(before, after, 28, 32, 32) && !(before[11] & 0x18)) {
        uint32_t cluster = whole.volumes[0].cluster_size;

        if ((size_before + UINT64_C(1) * cluster - 1) / cluster ==
            (size_after + UINT64_C(1) * cluster - 1) / cluster)
            return DEMAND_NOTHING;
    }
    return DEMAND_FOUND;
}

/* A type that file systems like the loader's have, so that any of them is right. */
static bool is_fat_type(uint8_t type)
{
    return type != 0 &&
           memchr("\x01\x04\x06\x0b\x0c\x0e\x11\x14\x16\x1b\x1c\x1e\xef", type, 13) != NULL;
}

static enum demand demand_of_mbr(const uint8_t *before, const uint8_t *after)
{
    if (!is_changed_outside(before, after, 0, 4, 72))
        return DEMAND_NOTED;
    for (uint32_t entry = 6; entry < 70; entry += 16) {
        static const uint8_t beyond[3] = {0xfe, 0xff, 0xff}, ones[3] = {0xff, 0xff, 0xff};

        if (before[entry + 4] != 0xee && before[entry + 4] != 0 &&
            !is_changed_outside(before, after, entry + 4, entry + 5, 72) && after[entry + 4] != 0 &&
            after[entry + 4] != 0xee)
            return is_fat_type(after[entry + 4]) ? DEMAND_NOTHING : DEMAND_NOTED;
        if (!is_changed_outside(before, after, entry + 5, entry + 8, 72) &&
            (memcmp(after + entry + 5, beyond, 3) == 0 || memcmp(after + entry + 5, ones, 3) == 0))
            return DEMAND_NOTHING;
        if (before[entry + 4] == 0xee &&
            !is_changed_outside(before, after, entry + 12, entry + 16, 72) &&
            load_le32(after + entry + 12) == UINT32_MAX)
            return DEMAND_NOTHING;
    }
    return DEMAND_FOUND;
}

static enum demand demand_of_info(const struct survey_item *item, const uint8_t *before,
                                  const uint8_t *after)
{
    bool is_backup = strstr(item->name, "backup") != NULL;
    uint32_t clusters = whole.volumes[0].cluster_count;
    uint32_t next = load_le32(after + 492), count = load_le32(after + 488);

    if (!is_changed_outside(before, after, 492, 496, 512) &&
        (next == UINT32_MAX || (next >= 2 && next < clusters + 2)))
        return DEMAND_NOTHING;
    if (!is_changed_outside(before, after, 488, 492, 512)) {
        if (count == UINT32_MAX) /* "not known" */
            return DEMAND_NOTHING;
        if (is_backup && count <= clusters)
            return DEMAND_NOTED;
    }
    return DEMAND_FOUND;
}

static enum demand demand_of_primary(const uint8_t *before, const uint8_t *after)
{
    uint32_t label = offsetof(struct iso_primary, volume);
    uint32_t identifier = offsetof(struct iso_primary, volume_set);

    if (!is_changed_outside(before, after, label, label + 32, ISO_BLOCK_SIZE) ||
        !is_changed_outside(before, after, identifier, identifier + 32, ISO_BLOCK_SIZE))
        return DEMAND_NOTED;
    return DEMAND_FOUND;
}

/* What the survey owes to the change of `size` bytes at `offset` of an item from `before`. */
static enum demand demand_of(const struct survey_item *item, const uint8_t *before,
                             const uint8_t *after, uint64_t offset, uint64_t size)
{
    switch (item->kind) {
    case SURVEY_FREE:
        return DEMAND_NOTHING;
    case SURVEY_BOOT_SECTOR:
        return offset >= 3 && offset < 90 ? DEMAND_NOTHING : DEMAND_FOUND;
    case SURVEY_MBR:
        return demand_of_mbr(before, after);
    case SURVEY_FAT_BOOT_SECTOR:
        return offset == 65 && (before[65] ^ after[65]) < 4 ? DEMAND_NOTHING : DEMAND_FOUND;
    case SURVEY_FAT_INFO:
        return offset < 512 ? demand_of_info(item, before, after) : DEMAND_FOUND;
    case SURVEY_ISO:
        return strcmp(item->name, "primary volume descriptor") == 0
                   ? demand_of_primary(before, after)
                   : DEMAND_FOUND;
    case SURVEY_DIRECTORY: {
        uint64_t slot = align_down(offset, 32);

        return slot >= item->size ? DEMAND_NOTHING : demand_of_slot(before + slot, after + slot);
    }
    case SURVEY_FILE: /* until boot.conf has their hashes; but for the loader's own */
        return strcmp(item->name, "/EFI/BOOT/BOOTX64.EFI") == 0 && offset + size <= item->size
                   ? DEMAND_FOUND
                   : DEMAND_NOTHING;
    default:
        return DEMAND_FOUND;
    }
}

/* ---- One damage ---- */

static enum survey_state worst_of(const struct survey *survey, const char *name)
{
    enum survey_state worst = SURVEY_WHOLE;

    for (size_t i = 0; i < survey->finding_count; i++)
        if (strcmp(survey->items[survey->findings[i].item].name, name) == 0 &&
            survey->findings[i].state > worst)
            worst = survey->findings[i].state;
    return worst;
}

static void print_findings(const struct survey *survey)
{
    for (size_t i = 0; i < survey->finding_count; i++) {
        char text[1024];

        error_print(&survey->findings[i].error, text, sizeof(text));
        fprintf(stderr, "    %s: %s", survey->items[survey->findings[i].item].name, text);
    }
}

static void look(size_t index, const char *field, uint64_t offset, const uint8_t *new_bytes,
                 uint64_t size, bool is_wanted)
{
    const struct survey_item *item = &whole.items[index];
    uint64_t place = item->start + offset; /* all structures but files are in one piece here */
    uint8_t *before;
    struct memory_reader disk;
    struct survey survey;
    struct error error = {0};
    enum demand demand;
    enum survey_state state;
    bool is_right;

    if (item->extent_count == 0 || offset + size > item->extents[0].size ||
        memcmp(image + place, new_bytes, size) == 0)
        return;
    before = malloc(item->extents[0].size);
    memcpy(before, image + item->start, item->extents[0].size);
    memcpy(image + place, new_bytes, size);
    demand = is_wanted ? DEMAND_FOUND : demand_of(item, before, image + item->start, offset, size);

    memory_reader_init(&disk, image, image_size);
    if (!survey_make(&disk.reader, &own, &survey, &error)) {
        fprintf(stderr, "damage: %s: %s at 0x%lx: no survey\n", item->name, field, offset);
        exit(1);
    }
    state = worst_of(&survey, item->name);
    is_right = demand == DEMAND_NOTHING || state == SURVEY_DAMAGED ||
               (demand == DEMAND_NOTED && state == SURVEY_ODD);
    if (!is_right) {
        failures++;
        fprintf(stderr,
                "damage: nobody noticed: %s: %s, byte 0x%lx of it (0x%lx), 0x%02x to 0x%02x\n",
                item->name, field, offset, place, before[offset], new_bytes[0]);
        print_findings(&survey);
    }
    counts[index].made++;
    if (demand == DEMAND_NOTHING)
        counts[index].free++;
    else if (state == SURVEY_DAMAGED)
        counts[index].found++;
    else if (state == SURVEY_ODD)
        counts[index].noted++;
    survey_free(&survey);
    memcpy(image + item->start, before, item->extents[0].size);
    free(before);
}

static void look_at_field(size_t index, const char *field, uint64_t offset, uint32_t size,
                          bool is_wanted)
{
    uint8_t bytes[64], ones[64], zeros[64] = {0};
    uint32_t length = (uint32_t)minimum(size, sizeof(bytes));
    const uint8_t *place = image + whole.items[index].start + offset;

    memset(ones, 0xff, sizeof(ones));
    memcpy(bytes, place, length);
    bytes[0] ^= 1;
    look(index, field, offset, bytes, length, is_wanted);
    memcpy(bytes, place, length);
    bytes[length - 1] ^= 0x80;
    look(index, field, offset, bytes, length, is_wanted);
    look(index, field, offset, zeros, length, is_wanted);
    look(index, field, offset, ones, length, is_wanted);
}

/* ---- All of them ---- */

static bool is_chosen(const struct survey_item *item)
{
    return item->extent_count > 0 && item->kind != SURVEY_PARTITION && (kinds >> item->kind & 1);
}

static void damage_fields(void)
{
    for (size_t i = 0; i < whole.item_count; i++) {
        const struct survey_item *item = &whole.items[i];

        if (!is_chosen(item))
            continue;
        for (size_t j = 0; j < COUNT_OF(fields); j++)
            if (fields[j].kind == item->kind &&
                (fields[j].item == NULL || strcmp(fields[j].item, item->name) == 0) &&
                fields[j].offset + fields[j].size <= item->extents[0].size)
                look_at_field(i, fields[j].name, fields[j].offset, fields[j].size,
                              item->kind == SURVEY_FILE);
        for (uint64_t slot = 0; item->kind == SURVEY_DIRECTORY && slot < item->size; slot += 32)
            for (size_t j = 0; j < COUNT_OF(slot_fields); j++)
                look_at_field(i, slot_fields[j].name, slot + slot_fields[j].offset,
                              slot_fields[j].size, false);
    }
}

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static void damage_bytes(unsigned long count)
{
    uint32_t random = 0x424f574c;

    for (size_t i = 0; i < whole.item_count; i++) {
        const struct survey_item *item = &whole.items[i];

        for (unsigned long j = 0; is_chosen(item) && item->extents[0].size > 0 && j < count; j++) {
            uint64_t offset = next_random(&random) % item->extents[0].size;
            uint8_t byte = image[item->start + offset] ^ (uint8_t)(1 << next_random(&random) % 8);

            look(i, "a byte", offset, &byte, 1, false);
        }
    }
}

static void choose_kinds(int count, char **names)
{
    if (count == 0)
        kinds = ~0u;
    for (int i = 0; i < count; i++)
        for (unsigned kind = 0; kind <= SURVEY_FREE; kind++)
            if (strcmp(names[i], survey_kind_name((enum survey_kind)kind)) == 0)
                kinds |= 1u << kind;
}

static void open_image(const char *path)
{
    int file = open(path, O_RDONLY);
    struct stat status;

    if (file < 0 || fstat(file, &status) != 0) {
        perror(path);
        exit(2);
    }
    image_size = (uint64_t)status.st_size;
    image = mmap(NULL, image_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
    if (image == MAP_FAILED) {
        perror(path);
        exit(2);
    }
    close(file);
}

int main(int argc, char **argv)
{
    struct memory_reader disk;
    struct error error = {0};

    if (argc < 3) {
        fputs("usage: damage_image IMAGE COUNT [KIND...]\n", stderr);
        return 2;
    }
    choose_kinds(argc - 3, argv + 3);
    open_image(argv[1]);
    own = stages_embedded();
    memory_reader_init(&disk, image, image_size);
    if (!survey_make(&disk.reader, &own, &whole, &error) || whole.damaged_count > 0) {
        fprintf(stderr, "damage: %s is damaged already\n", argv[1]);
        print_findings(&whole);
        return 1;
    }
    counts = calloc(whole.item_count, sizeof(*counts));
    if (counts == NULL)
        return 2;
    damage_fields();
    damage_bytes(strtoul(argv[2], NULL, 10));
    for (size_t i = 0; i < whole.item_count; i++) {
        if (counts[i].made > 0)
            printf("%5lu damages, %5lu found, %4lu noted, %4lu where any value is right: %s\n",
                   counts[i].made, counts[i].found, counts[i].noted, counts[i].free,
                   whole.items[i].name);
        total += counts[i].made;
        total_found += counts[i].found;
        total_noted += counts[i].noted;
        total_free += counts[i].free;
    }
    printf("%s: %lu damages, %lu found, %lu noted, %lu where any value is right, %lu missed\n",
           argv[1], total, total_found, total_noted, total_free, failures);
    free(counts);
    survey_free(&whole);
    return failures == 0 ? 0 : 1;
}
