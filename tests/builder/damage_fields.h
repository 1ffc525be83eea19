/* SPDX-License-Identifier: MIT */
/* The fields that damage_image.c damages. */
#pragma once

#include "disk/iso9660.h"
#include "survey/survey.h"

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

    {SURVEY_BOOT_STATE, NULL, "magic", 0, 8},
    {SURVEY_BOOT_STATE, NULL, "version", 8, 4},
    {SURVEY_BOOT_STATE, NULL, "checksum", 12, 4},
    {SURVEY_BOOT_STATE, NULL, "sequence number", 16, 8},
    {SURVEY_BOOT_STATE, NULL, "default entry", 24, 8},
    {SURVEY_BOOT_STATE, NULL, "first slot", 40, 16},
    {SURVEY_BOOT_STATE, NULL, "last byte", 511, 1},

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
    {SURVEY_FILE, "/EFI/BOOT/BOOTIA32.EFI", "MZ", 0, 2},
    {SURVEY_FILE, "/EFI/BOOT/BOOTIA32.EFI", "place of the PE header", 0x3c, 4},
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
