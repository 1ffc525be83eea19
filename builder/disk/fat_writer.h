/* SPDX-License-Identifier: MIT */
/*
 * Writer of FAT12, FAT16 and FAT32 (Microsoft, "FAT: General Overview of On-Disk Format", 1.03):
 * fat_layout() computes where everything lies, fat_write() writes it. Every file and directory
 * is one run of clusters, directories first.
 */
#pragma once

#include "disk/fat_tree.h"
#include "format/fat.h"
#include "system/output.h"

struct fat_options {
    enum fat_type type;
    uint32_t sector_size; /* 512 to 4096 */
    uint64_t granularity; /* the volume's size is a multiple of it, bytes; a multiple of sectors */
    uint64_t size;        /* of the volume, bytes: a multiple of the granularity; 0: the smallest */
    uint64_t free;        /* bytes that must be left for further files */
    uint64_t start;       /* of the volume on its disk, bytes */
    const char *label;    /* 1 to 11 characters of A-Z, 0-9, space, - and _ */
    uint32_t volume_id;
    uint64_t time; /* Unix seconds that FAT can express */
};

struct fat_layout {
    struct fat_options options;
    struct fat_node *root;
    uint32_t sectors_per_cluster;
    uint32_t reserved_sectors; /* before the first FAT */
    uint32_t fat_sectors;      /* of one of the two */
    uint32_t root_entries;     /* FAT12 and FAT16 */
    uint32_t total_sectors;
    uint32_t cluster_count;
    uint32_t used_clusters;
    uint32_t data_start; /* sector of cluster 2, aligned to 4 KiB */
};

static inline uint64_t fat_layout_size(const struct fat_layout *layout)
{
    return (uint64_t)layout->total_sectors * layout->options.sector_size;
}

/* Byte offset of a cluster in the volume. */
static inline uint64_t fat_cluster_offset(const struct fat_layout *layout, uint32_t cluster)
{
    return (layout->data_start + (uint64_t)(cluster - 2) * layout->sectors_per_cluster) *
           layout->options.sector_size;
}

/* Bytes in clusters that nothing uses. */
static inline uint64_t fat_layout_free(const struct fat_layout *layout)
{
    return (uint64_t)(layout->cluster_count - layout->used_clusters) * layout->sectors_per_cluster *
           layout->options.sector_size;
}

/*
 * Chooses the smallest volume, or the one of the size that was asked for, with the smallest
 * clusters that holds the tree, and gives every node its clusters. The tree must outlive the
 * layout.
 */
bool fat_layout(struct fat_node *root, const struct fat_options *options, struct fat_layout *out,
                struct error *error);

/* Writes the volume at options.start of an output that is all zero there. */
bool fat_write(const struct fat_layout *layout, struct output *output, struct error *error);
