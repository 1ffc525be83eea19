/* SPDX-License-Identifier: MIT */
/*
 * The layout of every image with 0 to 40 MiB of files in steps of 511 bytes, for each FAT type and
 * sector size, held against the specification (Microsoft, "FAT: General Overview of On-Disk
 * Format", 1.03), with arithmetic of its own.
 *
 *   plan_sizes KERNEL FILE
 *
 * FILE is any; its size is set to one after the other. On the standard output comes one line for
 * each step on either side of a change, for sizes.py to build those images:
 *
 *   FAT-TYPE SECTOR-SIZE STEP MIB     step 0 has no bytes, step N has 511 * N; the image has MIB
 *
 * What changes from one step to the next otherwise is how many clusters the file has, and where
 * those behind it begin: that is looked at here for every step.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/units.h"
#include "image/image_plan.h"

enum {
    STEP = 511,
    FAT12_CLUSTERS_END = 4085, /* "FAT type determination": one less is the most there is */
    FAT16_CLUSTERS_END = 65525,
    UNSAFE = 16,       /* that near to them, drivers are known to be wrong */
    SPARE = 64 * 1024, /* what alignment and round numbers may cost */
    NODES_MAX = 64,
};

#define BYTES_MAX (40 * MIB)
/* Microsoft's table DskTableFAT32: FAT32 up to here has clusters of one sector of 512 bytes. */
#define SMALL_CLUSTERS_MAX (260 * MIB)

static unsigned failures;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition) && failures++ < 20)                                                       \
            fprintf(stderr, "plan_sizes: FAT%d, sectors of %u, step %u: not %s\n",                 \
                    (int)layout->options.type, layout->options.sector_size, step, #condition);     \
    } while (0)

static uint64_t up(uint64_t bytes, uint64_t unit)
{
    return (bytes + unit - 1) / unit;
}

static uint64_t root_sectors(const struct fat_layout *layout)
{
    return up(layout->root_entries * UINT64_C(32), layout->options.sector_size);
}

static uint64_t fat_sectors(const struct fat_layout *layout, uint64_t clusters)
{
    return up(up((clusters + 2) * (uint64_t)layout->options.type, 8), layout->options.sector_size);
}

static uint64_t clusters_of(const struct fat_layout *layout, const struct fat_node *node,
                            uint64_t cluster_size)
{
    bool is_fixed_root = node == layout->root && layout->options.type != FAT32;

    return is_fixed_root ? 0 : up(node->size, cluster_size);
}

static uint64_t needed(const struct fat_layout *layout, uint64_t cluster_size)
{
    uint64_t clusters = 0;

    for (struct fat_node *node = layout->root; node != NULL; node = fat_tree_next(node))
        clusters += clusters_of(layout, node, cluster_size);
    return clusters;
}

static uint64_t least_clusters(enum fat_type type)
{
    return type == FAT32   ? FAT16_CLUSTERS_END + UNSAFE
           : type == FAT16 ? FAT12_CLUSTERS_END + UNSAFE
                           : 1;
}

static uint64_t most_clusters(enum fat_type type)
{
    return type == FAT32   ? UINT64_C(0x0ffffff4) - UNSAFE
           : type == FAT16 ? FAT16_CLUSTERS_END - 1 - UNSAFE
                           : FAT12_CLUSTERS_END - 1 - UNSAFE;
}

/* The least bytes that a volume with these clusters can have. */
static uint64_t least_volume(const struct fat_layout *layout, uint64_t clusters,
                             uint64_t cluster_size)
{
    uint64_t reserved = layout->options.type == FAT32 ? 32 : 1;

    if (clusters < least_clusters(layout->options.type))
        clusters = least_clusters(layout->options.type);
    return (reserved + 2 * fat_sectors(layout, clusters) + root_sectors(layout)) *
               layout->options.sector_size +
           clusters * cluster_size;
}

/* What the boot sector is going to say, as any driver reckons with it. */
static void check_volume(const struct fat_layout *layout, unsigned step)
{
    enum fat_type type = layout->options.type;
    uint32_t sector_size = layout->options.sector_size;
    uint64_t start =
        layout->reserved_sectors + UINT64_C(2) * layout->fat_sectors + root_sectors(layout);
    uint64_t clusters = (layout->total_sectors - start) / layout->sectors_per_cluster;

    CHECK(start < layout->total_sectors);
    CHECK(start == layout->data_start);
    CHECK(start * sector_size % 4096 == 0);
    CHECK(clusters == layout->cluster_count);
    CHECK(clusters >= least_clusters(type));
    CHECK(clusters <= most_clusters(type));
    CHECK(layout->fat_sectors >= fat_sectors(layout, clusters));
    CHECK(layout->fat_sectors <= fat_sectors(layout, clusters) * 65 / 64 + 2);
    CHECK(layout->reserved_sectors <= UINT16_MAX);
    if (type == FAT32) {
        CHECK(layout->root_entries == 0);
        CHECK(layout->reserved_sectors >= 32);
    } else {
        CHECK(layout->root_entries >= 512);
        CHECK(layout->root_entries <= UINT16_MAX);
        CHECK(layout->root_entries * UINT64_C(32) >= layout->root->size);
        CHECK(layout->root_entries * UINT64_C(32) % sector_size == 0);
        CHECK(layout->reserved_sectors >= 1);
        CHECK(layout->fat_sectors <= UINT16_MAX);
    }
}

static int by_first_cluster(const void *a, const void *b)
{
    const struct fat_node *const *x = a, *const *y = b;

    return (*x)->first_cluster < (*y)->first_cluster ? -1 : 1;
}

/* Each file has as many clusters as its bytes need, and no cluster has two files or none. */
static void check_files(const struct fat_layout *layout, unsigned step)
{
    uint64_t cluster_size = (uint64_t)layout->sectors_per_cluster * layout->options.sector_size;
    struct fat_node *nodes[NODES_MAX];
    size_t count = 0;
    uint64_t next = 2;

    for (struct fat_node *node = layout->root; node != NULL; node = fat_tree_next(node)) {
        CHECK(node->cluster_count == clusters_of(layout, node, cluster_size));
        CHECK((node->first_cluster == 0) == (node->cluster_count == 0));
        CHECK(count < NODES_MAX);
        if (node->cluster_count > 0 && count < NODES_MAX)
            nodes[count++] = node;
    }
    qsort(nodes, count, sizeof(struct fat_node *), by_first_cluster);
    for (size_t i = 0; i < count; i++) {
        CHECK(nodes[i]->first_cluster == next);
        next += nodes[i]->cluster_count;
    }
    CHECK(layout->used_clusters == next - 2);
    CHECK(next - 2 <= layout->cluster_count);
}

/* Neither the volume nor its clusters are larger than they have to be. */
static void check_least(const struct fat_layout *layout, unsigned step)
{
    uint32_t sector_size = layout->options.sector_size;
    uint64_t size = (uint64_t)layout->total_sectors * sector_size;
    uint64_t cluster_size = (uint64_t)layout->sectors_per_cluster * sector_size;

    CHECK(size % MIB == 0);
    CHECK(size < least_volume(layout, needed(layout, cluster_size), cluster_size) + SPARE + MIB);
    for (uint64_t smaller = sector_size; smaller < cluster_size; smaller *= 2) {
        uint64_t clusters = needed(layout, smaller);

        CHECK(clusters > most_clusters(layout->options.type) ||
              least_volume(layout, clusters, smaller) + SPARE + MIB >
                  most_clusters(layout->options.type) * smaller ||
              (layout->options.type == FAT32 &&
               least_volume(layout, clusters, smaller) + SPARE + MIB > SMALL_CLUSTERS_MAX));
    }
}

static void print(const struct fat_layout *layout, unsigned step)
{
    uint64_t size = (uint64_t)layout->total_sectors * layout->options.sector_size;

    printf("%d %u %u %u\n", (int)layout->options.type, layout->options.sector_size, step,
           (unsigned)(size / MIB) + 2);
}

static struct fat_node *find(struct image_plan *plan)
{
    const struct image_file *file = image_plan_find(plan, "/file", 5);
    struct fat_node *node = plan->tree;

    while (node->content != &file->content)
        node = fat_tree_next(node);
    return node;
}

static bool sweep(struct image_plan *plan, struct error *error)
{
    struct fat_node *node = find(plan);
    struct fat_layout plans[2] = {0};
    unsigned last = (unsigned)(BYTES_MAX / STEP);

    for (unsigned step = 0; step <= last; step++) {
        struct fat_layout *layout = &plans[step % 2], *before = &plans[(step + 1) % 2];

        node->size = (uint64_t)step * STEP;
        if (!fat_layout(plan->tree, &plan->fat.options, layout, error))
            return false;
        check_volume(layout, step);
        check_files(layout, step);
        check_least(layout, step);
        bool is_other = layout->total_sectors != before->total_sectors ||
                        layout->sectors_per_cluster != before->sectors_per_cluster;
        if (is_other && step > 0)
            print(before, step - 1);
        if (is_other || step == last)
            print(layout, step);
    }
    return true;
}

int main(int count, char **arguments)
{
    static const enum mkimage_fat types[] = {MKIMAGE_FAT12, MKIMAGE_FAT16, MKIMAGE_FAT32};
    static const uint32_t sector_sizes[] = {512, 4096};
    const struct stages stages = stages_embedded();

    if (count != 3) {
        fprintf(stderr, "usage: plan_sizes KERNEL FILE\n");
        return 2;
    }
    for (size_t i = 0; i < COUNT_OF(types) * COUNT_OF(sector_sizes); i++) {
        static struct image_plan plan;
        struct mkimage_spec spec = {
            .kernel = arguments[1],
            .output = "plan_sizes.img",
            .files = &(struct mkimage_file){.source = arguments[2], .path = "/file"},
            .file_count = 1,
            .fat = types[i % COUNT_OF(types)],
            .sector_size = sector_sizes[i / COUNT_OF(types)],
        };
        struct error error = {0};

        if (!image_plan_make(&spec, &stages, &plan, &error) || !sweep(&plan, &error)) {
            fprintf(stderr, "plan_sizes: FAT%d, sectors of %u: error %d\n", (int)spec.fat,
                    spec.sector_size, (int)error.code);
            return 1;
        }
        image_plan_free(&plan);
    }
    return failures > 0;
}
