/* SPDX-License-Identifier: MIT */
/* What the parts of the survey of a FAT file system share. */
#pragma once

#include "format/config.h"
#include "format/fat_chain.h"
#include "survey/survey_parts.h"

/* A partition whose boot sector is taken from somewhere else. */
struct overlay_reader {
    struct reader reader;
    struct reader *partition;
    uint8_t sector[512];
};

/* A file or directory. */
struct fat_found {
    char *path; /* "/" is the root */
    size_t parent;
    uint32_t first_cluster;
    uint32_t size;
    bool is_directory;
    uint64_t entry; /* where its 32 bytes lie on the disk; the root has none */
    bool is_chain_whole;
    size_t item;
};

struct fat_survey {
    struct surveyor *surveyor;
    struct window_reader partition;
    struct overlay_reader overlay;
    uint64_t start; /* of the partition: bytes from the start of the disk */
    unsigned depth;
    char prefix[32]; /* of names: "partition 3: " where the loader does not look */
    bool is_ours;    /* mkimage has formatted it */
    bool is_boot;    /* it is what the loader reads */
    size_t index;    /* into survey.volumes */
    struct fat_volume volume;
    size_t boot_item, backup_item;
    size_t table_items[8]; /* FATs beyond are not looked at */
    uint32_t tables;

    /* One walk through the tree. */
    bool is_reporting; /* false: it only counts what it would have said */
    uint64_t problems;
    uint32_t lost;    /* clusters that are in use and belong to nothing */
    uint32_t *owners; /* of each cluster: index into `found`, plus 1 */
    size_t found_count;
    struct fat_found *found;
};

/* Counts a problem, and says it when the walk is for that. */
void fat_problem(struct fat_survey *fat, size_t item, enum survey_state state, uint64_t start,
                 uint64_t size, enum error_code code, const char *detail,
                 const uint64_t numbers[4]);
#define PROBLEM(fat, item, start, size, code, detail, ...)                                         \
    fat_problem((fat), (item), SURVEY_DAMAGED, (start), (size), ERROR_##code, (detail),            \
                (const uint64_t[4]){__VA_ARGS__})
#define ODDITY(fat, item, start, size, code, detail, ...)                                          \
    fat_problem((fat), (item), SURVEY_ODD, (start), (size), ERROR_##code, (detail),                \
                (const uint64_t[4]){__VA_ARGS__})

/* Adds an item with a name of its own within the volume. */
size_t fat_add_item(struct fat_survey *fat, enum survey_kind kind, uint64_t start, uint64_t size,
                    const char *name);

/*
 * survey_fat_boot.c: finds the boot sector that holds, or its backup, opens the volume by it and
 * adds the items of both. False: it is no FAT.
 */
bool fat_survey_boot(struct fat_survey *fat, bool is_required);

/* Behind the first 512 bytes of a larger sector mkimage leaves zeros. */
void fat_check_rest(struct fat_survey *fat, size_t item, uint64_t place);

/* survey_fat_info.c */
void fat_survey_info(struct fat_survey *fat, uint32_t free_clusters);

/* survey_fat_tree.c: walks all directories and chains with the FAT that volume->fat_start says. */
void fat_walk(struct fat_survey *fat);
void fat_forget(struct fat_survey *fat);
size_t fat_add_found(struct fat_survey *fat, const struct fat_found *found);

/* survey_fat_directory.c: checks the entries of a directory, whose bytes are these. */
void fat_check_directory(struct fat_survey *fat, size_t directory, const uint8_t *bytes,
                         uint64_t size, const struct survey_extent *extents, size_t count);

/* Where byte `offset` of what lies in these pieces is on the disk. */
uint64_t extents_place(const struct survey_extent *extents, size_t count, uint64_t offset);

/* survey_files.c: boot.conf, what it names, the kernel; and the UEFI application. */
void fat_survey_boot_files(struct fat_survey *fat);

/* A file is not there: `line` of boot.conf names it, or, if that is NULL, every image has it. */
void fat_report_missing(struct fat_survey *fat, const char *path, const struct config_line *line);

/* survey_application.c */
void fat_survey_applications(struct fat_survey *fat);
