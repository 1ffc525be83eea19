/* SPDX-License-Identifier: MIT */
/*
 * What lies on a disk image, structure by structure, as the loader's own readers find it: which
 * bytes each structure takes, and whether they are whole. `mkimage check` prints what is wrong,
 * `mkimage inspect` shows everything.
 *
 * An image of mkimage is held against all that mkimage writes. One that others have made is
 * surveyed as far as it goes: what it never had (stages, boot.conf, a second copy) is no damage.
 */
#pragma once

#include "base/sha256.h"
#include "format/fat.h"
#include "format/gpt.h"
#include "format/mbr.h"
#include "image/stages.h"
#include "kernel/kernel_check.h"

enum survey_kind {
    SURVEY_BOOT_SECTOR,     /* the code in the first sector, and what mkimage puts behind it */
    SURVEY_MBR,             /* disk signature, four entries, signature */
    SURVEY_GPT_HEADER,      /* the whole sector */
    SURVEY_GPT_ENTRIES,     /* the whole array */
    SURVEY_ISO,             /* descriptor, path table, directory of the disc */
    SURVEY_BOOT_CATALOG,    /* El Torito */
    SURVEY_DISC_SECTOR,     /* stage 1 for discs */
    SURVEY_STAGE,           /* stage 2, stage 3 */
    SURVEY_WORDS,           /* what the last boots have said */
    SURVEY_BOOT_STATE,      /* one of the two records */
    SURVEY_PARTITION,       /* as the partition table has it; what lies inside is one deeper */
    SURVEY_FAT_BOOT_SECTOR, /* and its backup */
    SURVEY_FAT_INFO,        /* FSInfo, and its backup */
    SURVEY_FAT_TABLE,
    SURVEY_DIRECTORY,
    SURVEY_FILE,
    SURVEY_FREE, /* nobody's: what is in it means nothing */
};

enum survey_state {
    SURVEY_WHOLE,
    SURVEY_ODD,     /* it works, and a person should know */
    SURVEY_DAMAGED, /* to be repaired */
};

struct survey_extent {
    uint64_t start; /* bytes from the start of the disk, as everywhere here */
    uint64_t size;
};

/*
 * One structure. Structures nest as their depths say and do not overlap otherwise; where chains are
 * cross-linked, they do.
 */
struct survey_item {
    enum survey_kind kind;
    enum survey_state state; /* of itself, not of what lies inside */
    unsigned depth;          /* 0: of the disk itself */
    char *name;              /* "backup GPT header", "/kernel.elf" */
    uint64_t start;
    uint64_t size; /* bytes that mean something: a file's size, not that of its clusters */

    /* All the bytes that it takes, in the structure's own order. None: an empty file. */
    size_t extent_count;
    struct survey_extent *extents;
};

/* Something that is wrong, or odd. */
struct survey_finding {
    size_t item;             /* index into survey.items */
    enum survey_state state; /* SURVEY_ODD or SURVEY_DAMAGED */
    uint64_t start;          /* the bytes that are meant */
    uint64_t size;
    struct error error; /* without an object, which is the item */
};

enum survey_scheme {
    SURVEY_SCHEME_NONE, /* a file system from the first sector on ("superfloppy"), or nothing */
    SURVEY_SCHEME_MBR,
    SURVEY_SCHEME_GPT,
};

enum { SURVEY_PARTITION_NAME_SIZE = 36 * 3 + 1, SURVEY_VERSION_SIZE = 32 };

struct survey_partition {
    uint32_t number; /* from 1, as the table counts */
    uint64_t start;
    uint64_t size;

    uint8_t mbr_type; /* scheme MBR */
    bool is_active;

    struct guid type; /* scheme GPT */
    struct guid guid;
    uint64_t attributes;
    char name[SURVEY_PARTITION_NAME_SIZE]; /* UTF-8 */
};

/* A FAT file system. */
struct survey_volume {
    uint64_t start;
    uint64_t size;      /* by its own boot sector */
    uint32_t partition; /* number of the partition that it fills; 0: the disk itself */
    enum fat_type type;
    uint32_t sector_size;
    uint32_t cluster_size; /* bytes */
    uint32_t cluster_count;
    uint32_t free_clusters;
    uint32_t volume_id;
    char label[12];
};

/* A file or a directory of a volume, in the order in which they are met. */
struct survey_file {
    size_t item;   /* index into survey.items */
    size_t volume; /* index into survey.volumes */
    char *path;    /* UTF-8, "/bowline/boot.conf"; "/" is the root */
    bool is_directory;
    bool has_sha256; /* false for directories, and where the file cannot be read */
    uint64_t size;
    uint8_t sha256[SHA256_SIZE];
};

/* What a boot has said (format/last_words.h). */
struct survey_words {
    uint64_t number;
    int64_t time;       /* Unix seconds; 0: unknown */
    bool is_of_failure; /* an error or a fault screen is in it */
    char *text;
    size_t size;
};

struct survey {
    size_t item_count;
    struct survey_item *items; /* sorted by place, what lies inside behind what it lies in */
    size_t finding_count;
    struct survey_finding *findings; /* in the same order */
    size_t odd_count;
    size_t damaged_count; /* 0: the image is whole */

    uint64_t disk_size;
    bool is_ours; /* mkimage has made it, or parts of it */
    enum survey_scheme scheme;
    uint32_t sector_size; /* of the disk it is for; 0: not to be told */
    bool has_mbr;
    uint32_t disk_signature; /* with has_mbr */
    struct guid disk_guid;   /* of a GPT */
    bool is_disc;            /* ISO 9660 */
    bool is_hybrid;          /* a GPT, and MBR entries of partitions beside the protective one */
    char disc_label[33];     /* of a disc */
    size_t partition_count;
    struct survey_partition *partitions;

    bool has_stages;
    bool is_own_version;                           /* the very stages that this mkimage has */
    char stages_version[SURVEY_VERSION_SIZE];      /* "Bowline 0.1.0"; empty: unknown */
    char application_version[SURVEY_VERSION_SIZE]; /* of the UEFI application */

    bool is_sealed; /* every loader takes boot.conf, and no other */
    size_t words_count;
    struct survey_words *words; /* of the last boots, the last one last */

    size_t volume_count;
    struct survey_volume *volumes; /* the loader's is boot_volume */
    size_t boot_volume;            /* index; volume_count: there is none */
    size_t file_count;
    struct survey_file *files;

    /* What the loader finds on the boot volume. NULL: there is none, or it cannot be read. */
    char *boot_conf;
    size_t boot_conf_size;
    char *kernel_path;
    bool has_kernel; /* the loader would boot it, and these are its facts */
    struct kernel_facts kernel;
};

/*
 * Surveys a disk. `own` are the stages to compare with, those of this mkimage; NULL: none. False:
 * the disk cannot be read, or memory is missing. Damage is no failure, it is among the findings.
 * survey_free() gives everything back; after a failure there is nothing to give back.
 */
bool survey_make(struct reader *disk, const struct stages *own, struct survey *out,
                 struct error *error);
void survey_free(struct survey *survey);

/* Has mkimage made the disk, or parts of it? What cannot be read is no sign of it. */
bool survey_is_ours(struct reader *disk);

/* The innermost structure that a byte of the disk belongs to; NULL: beyond its end. */
const struct survey_item *survey_item_at(const struct survey *survey, uint64_t byte);

/* "gpt-header", "free": for machines to read. */
const char *survey_kind_name(enum survey_kind kind);
