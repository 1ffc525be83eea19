/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/units.h"
#include "disk/fat_writer.h"

enum {
    ENTRY_SIZE = 32,
    FAT_COUNT = 2,
    RESERVED_MIN_FAT32 = 32, /* boot sector, FSInfo, their backup at 6 and 7 */
    RESERVED_MIN = 1,
    ROOT_ENTRIES_MIN = 512, /* what everybody uses; drivers were seen that expect it */
    CLUSTER_SIZE_MAX = 32 * 1024,
    /*
     * Some drivers compute the limits between the types wrongly by up to 16 clusters ("FAT type
     * determination"): the writer keeps that far away from them.
     */
    LIMIT_MARGIN = 16,
};

/* How many clusters a volume of a type may have. */
struct limits {
    uint32_t least;
    uint32_t most;
};

static struct limits cluster_limits(enum fat_type type)
{
    switch (type) {
    case FAT12:
        return (struct limits){1, 4084 - LIMIT_MARGIN};
    case FAT16:
        return (struct limits){4085 + LIMIT_MARGIN, 65524 - LIMIT_MARGIN};
    default:
        return (struct limits){65525 + LIMIT_MARGIN, 0x0ffffff4 - LIMIT_MARGIN};
    }
}

/*
 * The largest FAT32 volume that should have clusters of this size (the table DskTableFAT32):
 * beyond it, larger clusters keep the table small that every driver walks through.
 */
static uint64_t volume_limit(enum fat_type type, uint32_t cluster_size)
{
    if (type != FAT32 || cluster_size >= CLUSTER_SIZE_MAX)
        return UINT64_MAX;
    if (cluster_size < 4 * KIB)
        return 260 * MIB;
    return (cluster_size / (4 * KIB)) * 8 * GIB;
}

static uint64_t divide_up(uint64_t a, uint64_t b)
{
    return a / b + (a % b != 0);
}

static bool has_clusters(const struct fat_layout *layout, const struct fat_node *node)
{
    return node->parent != NULL || layout->options.type == FAT32;
}

static uint64_t clusters_of(const struct fat_layout *layout, const struct fat_node *node)
{
    uint64_t cluster_size = (uint64_t)layout->sectors_per_cluster * layout->options.sector_size;

    return has_clusters(layout, node) ? divide_up(node->size, cluster_size) : 0;
}

static uint64_t count_clusters(const struct fat_layout *layout)
{
    uint64_t count = 0;

    for (struct fat_node *node = layout->root; node != NULL; node = fat_tree_next(node))
        count += clusters_of(layout, node);
    return count;
}

/* Sectors of one FAT with entries for `clusters` clusters and the two reserved ones. */
static uint64_t fat_sectors_for(const struct fat_layout *layout, uint64_t clusters)
{
    uint64_t bits = (clusters + 2) * (uint64_t)layout->options.type;

    return divide_up(divide_up(bits, 8), layout->options.sector_size);
}

/*
 * Divides a volume of `total` sectors. The FATs take as much as the clusters need that would fit
 * without them, which is a little more than the clusters that do fit; what that wastes is at most a
 * 64th of the FATs (two of 4 bytes for each 512). False: not even the tables fit.
 */
static bool divide(struct fat_layout *layout, uint64_t total)
{
    uint32_t sector_size = layout->options.sector_size;
    uint64_t reserved = layout->options.type == FAT32 ? RESERVED_MIN_FAT32 : RESERVED_MIN;
    uint64_t root = divide_up(layout->root_entries * ENTRY_SIZE, sector_size);
    uint64_t start, fat;

    if (total <= reserved + root)
        return false;
    fat = fat_sectors_for(layout, (total - reserved - root) / layout->sectors_per_cluster);
    start = reserved + FAT_COUNT * fat + root;
    /* The data begin on a page: files can be shared with the host's (reflinks), flash likes it. */
    reserved += align_up(start * sector_size, PAGE_SIZE) / sector_size - start;
    start = reserved + FAT_COUNT * fat + root;
    if (total <= start)
        return false;
    layout->reserved_sectors = (uint32_t)reserved;
    layout->fat_sectors = (uint32_t)fat;
    layout->data_start = (uint32_t)start;
    layout->total_sectors = (uint32_t)total;
    layout->cluster_count = (uint32_t)((total - start) / layout->sectors_per_cluster);
    return true;
}

/* Tries the volume of one size. */
static bool try_size(struct fat_layout *layout, uint64_t size, uint64_t clusters)
{
    struct limits limits = cluster_limits(layout->options.type);

    return divide(layout, size / layout->options.sector_size) &&
           layout->cluster_count >= maximum(clusters, limits.least) &&
           layout->cluster_count <= limits.most;
}

/* Finds the smallest volume for the clusters of this size. False: there is none. */
static bool choose_size(struct fat_layout *layout, uint64_t needed)
{
    struct limits limits = cluster_limits(layout->options.type);
    uint64_t sector_size = layout->options.sector_size;
    uint64_t cluster_size = layout->sectors_per_cluster * sector_size;
    uint64_t clusters = maximum(needed, limits.least);
    uint64_t step = layout->options.granularity;

    if (clusters > limits.most)
        return false;
    for (uint64_t size = align_up(clusters * cluster_size, step);; size += step) {
        if (size / sector_size > UINT32_MAX ||
            size > volume_limit(layout->options.type, (uint32_t)cluster_size))
            return false;
        if (!divide(layout, size / sector_size) || layout->cluster_count < clusters)
            continue;
        return layout->cluster_count <= limits.most;
    }
}

static bool fits(struct fat_layout *layout, uint64_t needed)
{
    uint64_t size = layout->options.size;
    uint64_t cluster_size = (uint64_t)layout->sectors_per_cluster * layout->options.sector_size;

    if (size == 0)
        return choose_size(layout, needed);
    return size / layout->options.sector_size <= UINT32_MAX &&
           size <= volume_limit(layout->options.type, (uint32_t)cluster_size) &&
           try_size(layout, size, needed);
}

/* Hands out the clusters: first the directories, which every look-up reads, then the files. */
static void assign(struct fat_layout *layout)
{
    uint32_t cluster = 2;

    for (int pass = 0; pass < 2; pass++) {
        for (struct fat_node *node = layout->root; node != NULL; node = fat_tree_next(node)) {
            if (node->is_directory != (pass == 0))
                continue;
            node->cluster_count = (uint32_t)clusters_of(layout, node);
            node->first_cluster = node->cluster_count > 0 ? cluster : 0;
            cluster += node->cluster_count;
        }
    }
    layout->used_clusters = cluster - 2;
}

/* FAT12 and FAT16 have a root directory of a size of its own: whole sectors, counted in 16 bits. */
static bool plan_root(struct fat_layout *layout, struct error *error)
{
    uint32_t in_sector = layout->options.sector_size / ENTRY_SIZE;
    uint64_t needed = layout->root->size / ENTRY_SIZE;
    uint32_t most = UINT16_MAX / in_sector * in_sector;

    if (layout->options.type == FAT32)
        return true;
    if (needed > most)
        return FAIL(error, ROOT_TOO_LARGE, needed, most, layout->options.type);
    layout->root_entries = (uint32_t)align_up(maximum(needed, ROOT_ENTRIES_MIN), in_sector);
    return true;
}

/* The largest volume of a type, bytes: there are only so many clusters, and only so many sectors.
 */
static uint64_t size_limit(const struct fat_layout *layout)
{
    uint64_t clusters = cluster_limits(layout->options.type).most;
    uint64_t fats = FAT_COUNT * fat_sectors_for(layout, clusters) * layout->options.sector_size;

    return minimum(clusters * CLUSTER_SIZE_MAX + fats,
                   (uint64_t)UINT32_MAX * layout->options.sector_size);
}

/* Nothing fits, not even with the largest clusters, which the layout has now. */
static bool explain(const struct fat_layout *layout, struct error *error)
{
    const struct fat_options *options = &layout->options;
    uint64_t used = count_clusters(layout) * CLUSTER_SIZE_MAX;
    uint64_t limit = size_limit(layout);

    if (options->size != 0)
        return FAIL(error, FILE_SYSTEM_SIZE, options->size / MIB, options->type, limit / MIB);
    if (options->free > 0 && used <= limit)
        return FAIL(error, FREE_TOO_LARGE, options->free / MIB, options->type, limit / MIB);
    return FAIL(error, FILE_SYSTEM_TOO_LARGE, used / MIB, options->type);
}

bool fat_layout(struct fat_node *root, const struct fat_options *options, struct fat_layout *out,
                struct error *error)
{
    struct fat_layout layout = {.options = *options, .root = root};

    if (!plan_root(&layout, error))
        return false;
    for (uint32_t size = options->sector_size; size <= CLUSTER_SIZE_MAX; size *= 2) {
        layout.sectors_per_cluster = size / options->sector_size;

        uint64_t needed = count_clusters(&layout) + divide_up(options->free, size);

        if (fits(&layout, needed)) {
            assign(&layout);
            *out = layout;
            return true;
        }
    }
    return explain(&layout, error);
}
