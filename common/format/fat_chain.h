/* SPDX-License-Identifier: MIT */
/* What fat.c (the volume, its table, its chains of clusters) gives fat_directory.c. */
#pragma once

#include "format/fat.h"

enum { FAT_ENTRY_SIZE = 32 }; /* of a directory */

bool fat_is_cluster(const struct fat_volume *volume, uint32_t cluster);

/* Where a cluster lies: bytes from the start of the partition. */
uint64_t fat_cluster_offset(const struct fat_volume *volume, uint32_t cluster);

/* Begins a file or directory at `first_cluster`, which only a file of 0 bytes does without. */
void fat_start_file(struct fat_volume *volume, uint32_t first_cluster, uint64_t size,
                    struct fat_file *out);

/*
 * Goes to the cluster that holds byte `offset`, or sets *end when the chain is shorter. Fails on a
 * chain that leaves the volume or runs into itself.
 */
bool fat_seek(struct fat_file *file, uint64_t offset, bool *end, struct error *error);
