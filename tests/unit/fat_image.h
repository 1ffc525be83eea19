/* SPDX-License-Identifier: MIT */
/* FAT volumes in memory, laid out by the words of the specification, to be damaged at will. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fat_image {
    uint8_t *bytes; /* from malloc() */
    uint64_t size;
    int type; /* 12, 16 or 32 */
    uint32_t sector_size;
    uint32_t cluster_size;
    uint64_t fat;  /* offsets */
    uint64_t root; /* of FAT32: its cluster 2 */
    uint64_t data;
};

/*
 * Two FATs, two sectors of root directory on FAT12 and FAT16. The type is the one that belongs to
 * the number of clusters.
 */
void fat_image_make(struct fat_image *image, uint32_t clusters, uint32_t sector_size,
                    uint32_t cluster_sectors);
void fat_image_free(struct fat_image *image);

/* The table's entry of a cluster, in the first FAT. */
void fat_image_link(struct fat_image *image, uint32_t cluster, uint32_t next);
uint32_t fat_image_end(const struct fat_image *image); /* an end mark */

uint8_t *fat_image_cluster(struct fat_image *image, uint32_t cluster);

/* Writes one 32-byte entry; `name` has 11 characters. Returns what follows it. */
uint8_t *fat_image_entry(uint8_t *to, const char *name, uint8_t attributes, uint32_t cluster,
                         uint32_t size);

/* The entries of a long name of `length` UTF-16 units, for the short name that follows. */
uint8_t *fat_image_long_name(uint8_t *to, const uint16_t *units, size_t length, const char *name);
