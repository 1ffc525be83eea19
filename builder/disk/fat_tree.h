/* SPDX-License-Identifier: MIT */
/* The directories and files that a FAT file system is to hold. */
#pragma once

#include "disk/fat_names.h"
#include "system/content.h"

#define FAT_FILE_SIZE_MAX         UINT64_C(0xffffffff)
#define FAT_DIRECTORY_ENTRIES_MAX UINT64_C(65536)

struct fat_node {
    struct fat_name name;
    struct fat_node *parent;   /* NULL: this is the root */
    struct fat_node *next;     /* in the same directory, in the order of adding */
    struct fat_node *children; /* of a directory */
    struct fat_node *last_child;
    bool is_directory;
    uint64_t size; /* bytes; of a directory: 32 for each entry that it needs */
    const struct content *content;

    uint32_t first_cluster; /* filled in by fat_layout(); 0: no clusters */
    uint32_t cluster_count;
};

/* A root directory, which also holds the label (entries: 1). */
struct fat_node *fat_tree_create(void);
void fat_tree_free(struct fat_node *root);

/*
 * Adds a file at an absolute path, '/' between the names, and the directories on the way. `content`
 * must outlive the tree. Names that differ only in ASCII case are the same to FAT, and an error.
 */
bool fat_tree_add(struct fat_node *root, const char *path, const struct content *content,
                  struct error *error);

/* Adds an empty directory, unless it is there already. */
bool fat_tree_add_directory(struct fat_node *root, const char *path, struct error *error);

/* Walks the tree: the node itself, then what is below it, then what follows. NULL at the end. */
struct fat_node *fat_tree_next(struct fat_node *node);
