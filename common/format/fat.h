/* SPDX-License-Identifier: MIT */
/*
 * Reader of FAT12, FAT16 and FAT32 with long names (Microsoft, "FAT: General Overview of On-Disk
 * Format", 1.03). The type follows from the number of clusters and from nothing else.
 *
 * Reads of consecutive clusters are merged into one read of the disk; FAT sectors are cached.
 */
#pragma once

#include "format/reader.h"

enum fat_type { FAT12 = 12, FAT16 = 16, FAT32 = 32 };

enum { FAT_CACHE_SIZE = 4096 };

struct fat_file {
    struct reader reader;
    struct fat_volume *volume;
    uint32_t first_cluster;    /* 0: empty file, or the root directory of FAT12 and FAT16 */
    uint32_t position_cluster; /* where the last read ended: reads in ascending order are cheap */
    uint32_t loop_mark;        /* a cluster that only a chain with a loop comes back to */
    uint64_t position;         /* bytes from the start of the file to position_cluster's start */
};

struct fat_directory {
    struct fat_file file; /* its size is unknown */
    uint64_t offset;      /* of the entry that comes next */
    uint8_t sector[512];  /* the part of the directory that it lies in, when offset % 512 != 0 */
};

struct fat_volume {
    struct reader *partition;
    enum fat_type type;
    uint32_t sector_size;
    uint32_t cluster_size;  /* bytes */
    uint32_t cluster_count; /* clusters are numbered from 2 to cluster_count + 1 */
    uint64_t fat_start;     /* bytes from the start of the partition, as all below */
    uint64_t fat_size;
    uint32_t fat_count;
    uint64_t root_start; /* FAT12 and FAT16 */
    uint64_t root_size;
    uint32_t root_cluster; /* FAT32 */
    uint64_t data_start;
    char label[12];

    uint64_t cache_offset; /* window of the FAT that `cache` holds */
    uint32_t cache_length; /* 0: nothing yet */
    uint8_t cache[FAT_CACHE_SIZE];

    struct fat_directory last; /* where the last file was found: the next one is likely behind it */
};

bool fat_open(struct reader *partition, struct fat_volume *out, struct error *error);

/*
 * The table's entry for `cluster`: the next one, or one of the two below. What a damaged or bad
 * cluster's entry holds comes back as it is: check it before following it.
 */
#define FAT_END  UINT32_C(0xffffffff)
#define FAT_FREE UINT32_C(0)
bool fat_next_cluster(struct fat_volume *volume, uint32_t cluster, uint32_t *next,
                      struct error *error);

/*
 * Opens the file at an absolute path with '/' between names, compared without regard to ASCII case
 * and matched against long and short names. `volume` must outlive the file; there is nothing to
 * close.
 */
bool fat_open_file(struct fat_volume *volume, const char *path, struct fat_file *out,
                   struct error *error);

struct fat_entry {
    char name[256 * 3 + 1]; /* UTF-8; the long name if there is one */
    char short_name[13];    /* "KERNEL.ELF"; what is not ASCII shows as '?' */
    uint8_t attributes;
    uint32_t first_cluster;
    uint32_t size;
    bool is_directory;
};

bool fat_open_directory(struct fat_volume *volume, const char *path, struct fat_directory *out,
                        struct error *error);

/*
 * The next entry that is neither deleted nor a volume label; subdirectories have "." and ".." too.
 * *end is true, and *out untouched, when there are no more.
 */
bool fat_read_entry(struct fat_directory *directory, struct fat_entry *out, bool *end,
                    struct error *error);
