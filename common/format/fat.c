/* SPDX-License-Identifier: MIT */
#include "format/fat.h"

#include "base/bytes.h"
#include "base/string.h"
#include "base/units.h"
#include "format/fat_chain.h"

enum { FIRST_CLUSTER = 2, SECTOR_SIZE_MIN = 512 };

/* Clusters below which a volume is FAT12 or FAT16. There are no others to go by. */
enum { FAT12_CLUSTERS_END = 4085, FAT16_CLUSTERS_END = 65525 };

/* More would make 0x0ffffff7, the mark of a bad cluster, the number of a good one. */
enum { FAT32_CLUSTERS_MAX = 0x0ffffff5 };

/* ---- The boot sector ---- */

struct boot_sector {
    uint32_t sector_size;
    uint32_t cluster_sectors;
    uint32_t reserved_sectors;
    uint32_t fat_count;
    uint32_t root_entries;
    uint64_t sectors;
    uint32_t fat_sectors;
    bool is_fat32_layout; /* no size of the FAT where FAT12 and FAT16 have it */
};

static bool read_boot_sector(const uint8_t *bytes, struct boot_sector *out, struct error *error)
{
    struct boot_sector boot = {
        .sector_size = load_le16(bytes + 11),
        .cluster_sectors = bytes[13],
        .reserved_sectors = load_le16(bytes + 14),
        .fat_count = bytes[16],
        .root_entries = load_le16(bytes + 17),
        .sectors = load_le16(bytes + 19),
        .fat_sectors = load_le16(bytes + 22),
    };

    if (load_le16(bytes + 510) != 0xaa55)
        return FAIL_WITH(error, FAT_DAMAGED, "the signature of its boot sector",
                         load_le16(bytes + 510));
    if (boot.sectors == 0)
        boot.sectors = load_le32(bytes + 32);
    if (boot.fat_sectors == 0) {
        boot.fat_sectors = load_le32(bytes + 36);
        boot.is_fat32_layout = true;
    }
    if (boot.sector_size < SECTOR_SIZE_MIN || boot.sector_size > 4096 ||
        !is_power_of_two(boot.sector_size))
        return FAIL_WITH(error, FAT_DAMAGED, "its sector size", boot.sector_size);
    if (!is_power_of_two(boot.cluster_sectors))
        return FAIL_WITH(error, FAT_DAMAGED, "its number of sectors in a cluster",
                         boot.cluster_sectors);
    if (boot.reserved_sectors == 0)
        return FAIL_WITH(error, FAT_DAMAGED, "its number of reserved sectors", 0);
    if (boot.fat_count == 0)
        return FAIL_WITH(error, FAT_DAMAGED, "its number of FATs", 0);
    if (boot.fat_sectors == 0)
        return FAIL_WITH(error, FAT_DAMAGED, "the size of its FAT", 0);
    *out = boot;
    return true;
}

static void copy_label(char label[12], const uint8_t *bytes, bool is_fat32_layout)
{
    const uint8_t *extension = bytes + (is_fat32_layout ? 66 : 38);
    size_t length = 11;

    label[0] = '\0';
    if (extension[0] != 0x29) /* only then the label is there */
        return;
    memcpy(label, extension + 5, length);
    while (length > 0 && label[length - 1] == ' ')
        length--;
    label[length] = '\0';
}

/* FAT32 may keep only one FAT up to date, and its root directory is a chain like any other. */
static bool read_fat32_part(const uint8_t *bytes, struct fat_volume *volume, struct error *error)
{
    uint32_t flags = load_le16(bytes + 40);
    uint32_t version = load_le16(bytes + 42);

    if (version != 0)
        return FAIL_WITH(error, FAT_DAMAGED, "its version of FAT32", version);
    if (flags & 0x80) {
        uint32_t active = flags & 0xf;

        if (active >= volume->fat_count)
            return FAIL_WITH(error, FAT_DAMAGED, "the number of its active FAT", active);
        volume->fat_start += active * volume->fat_size;
    }
    volume->root_cluster = load_le32(bytes + 44);
    return true;
}

bool fat_open(struct reader *partition, struct fat_volume *out, struct error *error)
{
    uint8_t bytes[SECTOR_SIZE_MIN];
    struct boot_sector boot;
    uint64_t root_sectors, overhead, clusters;

    if (!reader_read(partition, 0, sizeof(bytes), bytes, error) ||
        !read_boot_sector(bytes, &boot, error))
        return false;

    root_sectors =
        ((uint64_t)boot.root_entries * FAT_ENTRY_SIZE + boot.sector_size - 1) / boot.sector_size;
    overhead = boot.reserved_sectors + (uint64_t)boot.fat_count * boot.fat_sectors + root_sectors;
    if (boot.sectors <= overhead || boot.sectors > partition->size / boot.sector_size)
        return FAIL_WITH(error, FAT_DAMAGED, "its number of sectors", boot.sectors);
    clusters = (boot.sectors - overhead) / boot.cluster_sectors;
    if (clusters == 0 || clusters > FAT32_CLUSTERS_MAX ||
        boot.is_fat32_layout != (clusters >= FAT16_CLUSTERS_END))
        return FAIL_WITH(error, FAT_DAMAGED, "its number of clusters", clusters);

    struct fat_volume volume = {
        .partition = partition,
        .type = clusters < FAT12_CLUSTERS_END   ? FAT12
                : clusters < FAT16_CLUSTERS_END ? FAT16
                                                : FAT32,
        .sector_size = boot.sector_size,
        .cluster_size = boot.cluster_sectors * boot.sector_size,
        .cluster_count = (uint32_t)clusters,
        .fat_start = (uint64_t)boot.reserved_sectors * boot.sector_size,
        .fat_size = (uint64_t)boot.fat_sectors * boot.sector_size,
        .fat_count = boot.fat_count,
        .root_start = (overhead - root_sectors) * boot.sector_size,
        .root_size = (uint64_t)boot.root_entries * FAT_ENTRY_SIZE,
        .data_start = overhead * boot.sector_size,
    };
    if (((clusters + FIRST_CLUSTER) * volume.type + 7) / 8 > volume.fat_size)
        return FAIL_WITH(error, FAT_DAMAGED, "the size of its FAT", boot.fat_sectors);
    if (volume.type == FAT32 && !read_fat32_part(bytes, &volume, error))
        return false;
    copy_label(volume.label, bytes, boot.is_fat32_layout);
    *out = volume;
    return true;
}

/* ---- The table ---- */

bool fat_is_cluster(const struct fat_volume *volume, uint32_t cluster)
{
    return cluster >= FIRST_CLUSTER && cluster - FIRST_CLUSTER < volume->cluster_count;
}

/*
 * Points *out at `length` (at most 4) bytes of the FAT. A window begins at a multiple of 512, so
 * that the entries of FAT12 that lie across its end are whole in the next one.
 */
static bool find_in_table(struct fat_volume *volume, uint64_t offset, uint32_t length,
                          const uint8_t **out, struct error *error)
{
    if (offset < volume->cache_offset ||
        offset + length > volume->cache_offset + volume->cache_length) {
        uint64_t start = align_down(offset, SECTOR_SIZE_MIN);
        uint64_t size = minimum(volume->fat_size - start, sizeof(volume->cache));

        volume->cache_length = 0;
        if (!reader_read(volume->partition, volume->fat_start + start, size, volume->cache, error))
            return false;
        volume->cache_offset = start;
        volume->cache_length = (uint32_t)size;
    }
    *out = volume->cache + (offset - volume->cache_offset);
    return true;
}

bool fat_next_cluster(struct fat_volume *volume, uint32_t cluster, uint32_t *next,
                      struct error *error)
{
    const uint8_t *bytes;
    uint32_t value, end;

    if (!fat_is_cluster(volume, cluster))
        return FAIL(error, FAT_CHAIN, cluster, cluster);
    if (!find_in_table(volume, (uint64_t)cluster * volume->type / 8, volume->type == FAT32 ? 4 : 2,
                       &bytes, error))
        return false;
    switch (volume->type) {
    case FAT12:
        value = load_le16(bytes) >> (cluster % 2 * 4) & 0xfff;
        end = 0xff8;
        break;
    case FAT16:
        value = load_le16(bytes);
        end = 0xfff8;
        break;
    default:
        value = load_le32(bytes) & 0x0fffffff; /* the upper four bits are reserved */
        end = 0x0ffffff8;
    }
    *next = value >= end ? FAT_END : value;
    return true;
}

/* ---- Files ---- */

uint64_t fat_cluster_offset(const struct fat_volume *volume, uint32_t cluster)
{
    return volume->data_start + (uint64_t)(cluster - FIRST_CLUSTER) * volume->cluster_size;
}

/*
 * Goes on by one cluster, or sets *end. A chain that runs into itself is found by Brent's method:
 * the cluster whose number in the chain is a power of two is remembered until the next such one,
 * and whoever meets it again has gone round.
 */
static bool advance(struct fat_file *file, bool *end, struct error *error)
{
    struct fat_volume *volume = file->volume;
    uint32_t from = file->position_cluster;
    uint64_t number = file->position / volume->cluster_size;
    uint32_t next;

    if (!fat_next_cluster(volume, from, &next, error))
        return false;
    if (next == FAT_END) {
        *end = true;
        return true;
    }
    if (is_power_of_two(number))
        file->loop_mark = from;
    if (!fat_is_cluster(volume, next) || next == file->loop_mark)
        return FAIL(error, FAT_CHAIN, from, next);
    file->position_cluster = next;
    file->position += volume->cluster_size;
    return true;
}

/*
 * Goes on by up to `limit` clusters at once, as far as they lie in a row and their entries in the
 * window of the table that is in memory; advance() does the rest. Most files are one such row.
 */
static uint64_t skip(struct fat_file *file, uint64_t limit)
{
    struct fat_volume *volume = file->volume;
    uint32_t from = file->position_cluster, size = volume->type / 8;
    uint64_t position = (uint64_t)from * size - volume->cache_offset;
    uint64_t count = 0;

    if (volume->type == FAT12 || !fat_is_cluster(volume, from) || position >= volume->cache_length)
        return 0;
    limit = minimum(limit, (volume->cache_length - position) / size);
    limit = minimum(limit, volume->cluster_count - 1 - (from - FIRST_CLUSTER));
    limit = minimum(limit, file->loop_mark - from - 1); /* up to the mark, which advance() meets */
    for (const uint8_t *entry = volume->cache + position; count < limit; entry += size) {
        uint32_t next = size == 4 ? load_le32(entry) & 0x0fffffff : load_le16(entry);

        if (next != from + count + 1)
            break;
        count++;
    }
    if (count == 0)
        return 0;

    /* The mark belongs where advance() would have left it last. */
    uint64_t number = file->position / volume->cluster_size;
    uint64_t last = number + count - 1;
    if (last > 0) {
        uint64_t power = UINT64_C(1) << (63 - __builtin_clzll(last));
        if (power >= number)
            file->loop_mark = (uint32_t)(from + (power - number));
    }
    file->position_cluster += (uint32_t)count;
    file->position += count * volume->cluster_size;
    return count;
}

bool fat_seek(struct fat_file *file, uint64_t offset, bool *end, struct error *error)
{
    if (offset < file->position) {
        file->position = 0;
        file->position_cluster = file->first_cluster;
        file->loop_mark = 0;
    }
    while (!*end && offset - file->position >= file->volume->cluster_size) {
        uint64_t clusters = (offset - file->position) / file->volume->cluster_size;

        if (skip(file, clusters) == 0 && !advance(file, end, error))
            return false;
    }
    return true;
}

static bool read_file(struct reader *reader, uint64_t offset, uint64_t length, void *to,
                      struct error *error)
{
    struct fat_file *file = (struct fat_file *)reader;
    struct fat_volume *volume = file->volume;
    uint8_t *position = to;
    bool end = false;

    while (length > 0) {
        if (!fat_seek(file, offset, &end, error))
            return false;

        /* The longest run of consecutive clusters is one read. */
        uint32_t first = file->position_cluster;
        uint64_t skipped = offset - file->position;
        uint64_t run = volume->cluster_size - skipped;
        while (!end && run < length) {
            uint32_t last = file->position_cluster;
            uint64_t skipped_clusters = skip(file, (length - run - 1) / volume->cluster_size + 1);

            if (skipped_clusters > 0) {
                run += skipped_clusters * volume->cluster_size;
                continue;
            }
            if (!advance(file, &end, error))
                return false;
            if (file->position_cluster != last + 1)
                break;
            run += volume->cluster_size;
        }
        if (end) /* before the size that the directory gives */
            return FAIL(error, FAT_CHAIN, file->position_cluster, FAT_END);

        run = minimum(run, length);
        if (!reader_read(volume->partition, fat_cluster_offset(volume, first) + skipped, run,
                         position, error))
            return false;
        position += run;
        offset += run;
        length -= run;
    }
    return true;
}

void fat_start_file(struct fat_volume *volume, uint32_t first_cluster, uint64_t size,
                    struct fat_file *out)
{
    *out = (struct fat_file){
        .reader = {.size = size, .read = read_file},
        .volume = volume,
        .first_cluster = first_cluster,
        .position_cluster = first_cluster,
    };
}
