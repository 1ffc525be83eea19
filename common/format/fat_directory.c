/* SPDX-License-Identifier: MIT */
#include "format/fat.h"

#include "base/bytes.h"
#include "base/string.h"
#include "base/units.h"
#include "base/utf8.h"
#include "format/fat_chain.h"

static bool is_fixed_root(const struct fat_file *directory)
{
    return directory->first_cluster == 0;
}

/* Opens what begins at `first_cluster`; 0 is the root directory, in ".." entries of FAT32 too. */
static bool start_directory(struct fat_volume *volume, uint32_t first_cluster,
                            struct fat_directory *out, struct error *error)
{
    if (first_cluster == 0 && volume->type == FAT32)
        first_cluster = volume->root_cluster;
    if (!fat_is_cluster(volume, first_cluster) && (first_cluster != 0 || volume->type == FAT32))
        return FAIL(error, FAT_CHAIN, first_cluster, first_cluster);
    fat_start_file(volume, first_cluster, 0, &out->file);
    out->offset = 0;
    return true;
}

/* Points *out at the next 32 bytes, or sets *end. */
static bool next_raw_entry(struct fat_directory *directory, const uint8_t **out, bool *end,
                           struct error *error)
{
    const struct fat_volume *volume = directory->file.volume;
    uint64_t in_sector = directory->offset % sizeof(directory->sector);

    if (in_sector == 0) {
        uint64_t length = sizeof(directory->sector);
        uint64_t place;

        if (is_fixed_root(&directory->file)) {
            if (directory->offset >= volume->root_size) {
                *end = true;
                return true;
            }
            length = minimum(length, volume->root_size - directory->offset);
            place = volume->root_start + directory->offset;
            memset(directory->sector, 0, sizeof(directory->sector));
        } else {
            if (!fat_seek(&directory->file, directory->offset, end, error))
                return false;
            if (*end)
                return true;
            place = fat_cluster_offset(volume, directory->file.position_cluster) +
                    (directory->offset - directory->file.position);
        }
        if (!reader_read(volume->partition, place, length, directory->sector, error))
            return false;
    }
    *out = directory->sector + in_sector;
    directory->offset += FAT_ENTRY_SIZE;
    return true;
}

enum { ATTRIBUTE_LABEL = 0x08, ATTRIBUTE_DIRECTORY = 0x10, ATTRIBUTE_LONG_NAME = 0x0f };

/* A long name lies before its short entry, in parts of 13 characters, the last part first. */
struct long_name {
    uint16_t units[20 * 13];
    uint32_t missing; /* number of the part that was read last; those below it are to come */
    uint8_t checksum; /* of the short name that it belongs to */
    bool is_valid;
};

static void add_long_name_part(struct long_name *name, const uint8_t *entry)
{
    static const uint8_t offsets[13] = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
    uint32_t number = entry[0] & 0x3f;

    if (entry[0] & 0x40) {
        name->is_valid = number >= 1 && number <= 20;
        name->checksum = entry[13];
        memset(name->units, 0, sizeof(name->units));
    } else {
        name->is_valid = name->is_valid && number >= 1 && number == name->missing - 1 &&
                         entry[13] == name->checksum;
    }
    if (!name->is_valid)
        return;
    name->missing = number;
    for (size_t i = 0; i < COUNT_OF(offsets); i++)
        name->units[(number - 1) * 13 + i] = load_le16(entry + offsets[i]);
}

static uint8_t checksum_of_short_name(const uint8_t *name)
{
    uint8_t sum = 0;

    for (int i = 0; i < 11; i++)
        sum = (uint8_t)((sum >> 1 | sum << 7) + name[i]);
    return sum;
}

/* `to` holds 3 bytes for each of 255 units, and a NUL. */
static void put_long_name(char *to, const struct long_name *name)
{
    for (size_t i = 0; i < 255 && name->units[i] != 0; i++) {
        uint32_t unit = name->units[i];
        uint32_t next = i + 1 < 255 ? name->units[i + 1] : 0;

        if (unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
            unit = 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00);
            i++;
        } else if (unit >= 0xd800 && unit < 0xe000) {
            unit = 0xfffd; /* half a pair */
        }
        to = utf8_put(to, unit);
    }
    *to = '\0';
}

/* ASCII only: the case of other letters is not the same everywhere. */
static char to_lower(char character)
{
    return character >= 'A' && character <= 'Z' ? (char)(character + 'a' - 'A') : character;
}

static char *put_short_part(char *to, const uint8_t *name, size_t length, bool is_lower_case)
{
    while (length > 0 && name[length - 1] == ' ')
        length--;
    for (; length > 0; length--, name++) {
        char character = *name < 0x20 || *name >= 0x7f ? '?' : (char)*name;

        *to++ = is_lower_case ? to_lower(character) : character;
    }
    return to;
}

/* `lower_case` is byte 12 of the entry: 8 for the part before the dot, 16 for the one behind. */
static void put_short_name(char *to, const uint8_t *name, uint8_t lower_case)
{
    char *dot = put_short_part(to, name, 8, lower_case & 8);
    char *end = put_short_part(dot + 1, name + 8, 3, lower_case & 16);

    if (end == dot + 1)
        end = dot; /* no extension, no dot */
    else
        *dot = '.';
    *end = '\0';
}

bool fat_read_entry(struct fat_directory *directory, struct fat_entry *out, bool *end,
                    struct error *error)
{
    const struct fat_volume *volume = directory->file.volume;
    struct long_name long_name = {0};
    const uint8_t *raw;

    *end = false;
    for (;;) {
        if (!next_raw_entry(directory, &raw, end, error))
            return false;
        if (*end)
            return true;
        if (raw[0] == 0) { /* this one and all behind it have never been used */
            directory->offset -= FAT_ENTRY_SIZE;
            *end = true;
            return true;
        }
        if (raw[0] != 0xe5 && (raw[11] & 0x3f) == ATTRIBUTE_LONG_NAME) {
            add_long_name_part(&long_name, raw);
            continue;
        }
        if (raw[0] != 0xe5 && !(raw[11] & ATTRIBUTE_LABEL))
            break;
        long_name.is_valid = false;
    }

    out->attributes = raw[11];
    out->is_directory = raw[11] & ATTRIBUTE_DIRECTORY;
    out->first_cluster = load_le16(raw + 26);
    if (volume->type == FAT32) /* elsewhere these bits are something else */
        out->first_cluster |= (uint32_t)load_le16(raw + 20) << 16;
    out->size = load_le32(raw + 28);
    put_short_name(out->short_name, raw, 0);
    if (long_name.is_valid && long_name.missing == 1 && long_name.units[0] != 0 &&
        long_name.checksum == checksum_of_short_name(raw))
        put_long_name(out->name, &long_name);
    else
        put_short_name(out->name, raw, raw[12]);
    return true;
}

/* ---- Paths ---- */

static bool is_same_name(const char *name, const char *component, size_t length)
{
    for (; length > 0 && *name != '\0'; name++, component++, length--)
        if (to_lower(*name) != to_lower(*component))
            return false;
    return length == 0 && *name == '\0';
}

/* Goes on to the entry of that name, or sets *end. */
static bool find_next(struct fat_directory *directory, const char *name, size_t length,
                      struct fat_entry *out, bool *end, struct error *error)
{
    for (;;) {
        if (!fat_read_entry(directory, out, end, error))
            return false;
        if (*end || is_same_name(out->name, name, length) ||
            is_same_name(out->short_name, name, length))
            return true;
    }
}

/*
 * Finds one name in a directory. The search begins behind the file that was found last, so that a
 * thousand modules do not mean to read a thousand times what lies before them.
 */
static bool find_entry(struct fat_volume *volume, uint32_t first_cluster, const char *name,
                       size_t length, struct fat_entry *out, struct error *error)
{
    struct fat_directory directory;
    bool end = true;

    if (!start_directory(volume, first_cluster, &directory, error))
        return false;
    if (volume->last.offset > 0 &&
        volume->last.file.first_cluster == directory.file.first_cluster) {
        struct fat_directory last = volume->last;

        if (!find_next(&last, name, length, out, &end, error))
            return false;
        if (!end)
            directory = last;
    }
    if (end && !find_next(&directory, name, length, out, &end, error))
        return false;
    if (end)
        return FAIL(error, FILE_NOT_FOUND, 0);
    if (!out->is_directory)
        volume->last = directory;
    return true;
}

static bool find_path(struct fat_volume *volume, const char *path, struct fat_entry *out,
                      struct error *error)
{
    *out = (struct fat_entry){.is_directory = true}; /* the root: cluster 0 stands for it */
    for (;;) {
        size_t length = 0;

        while (*path == '/')
            path++;
        while (path[length] != '\0' && path[length] != '/')
            length++;
        if (length == 0)
            return true;
        if (!out->is_directory)
            return FAIL(error, FILE_NOT_FOUND, 0);
        if (!find_entry(volume, out->first_cluster, path, length, out, error))
            return false;
        path += length;
    }
}

bool fat_open_file(struct fat_volume *volume, const char *path, struct fat_file *out,
                   struct error *error)
{
    struct fat_entry entry;

    if (!find_path(volume, path, &entry, error))
        return false;
    if (entry.is_directory)
        return FAIL(error, FAT_NOT_A_FILE, 0);
    if (entry.size > 0 && !fat_is_cluster(volume, entry.first_cluster))
        return FAIL(error, FAT_CHAIN, entry.first_cluster, entry.first_cluster);
    fat_start_file(volume, entry.first_cluster, entry.size, out);
    return true;
}

bool fat_open_directory(struct fat_volume *volume, const char *path, struct fat_directory *out,
                        struct error *error)
{
    struct fat_entry entry;

    if (!find_path(volume, path, &entry, error))
        return false;
    if (!entry.is_directory)
        return FAIL(error, FAT_NOT_A_DIRECTORY, 0);
    return start_directory(volume, entry.first_cluster, out, error);
}
