/* SPDX-License-Identifier: MIT */
/*
 * Everything about an image before the first byte of it is written: what goes in, where it lies,
 * what identifies it. image_write() follows the plan, and image_verify() holds the result against
 * it. docs/image-layout.md describes the layout.
 */
#pragma once

#include "base/units.h"
#include "disk/fat_writer.h"
#include "disk/gpt_writer.h"
#include "disk/iso_writer.h"
#include "disk/mbr_writer.h"
#include "image/fingerprint.h"
#include "image/identity.h"
#include "image/image.h"
#include "image/stages.h"
#include "kernel/kernel_check.h"
#include "kernel/strip.h"
#include "system/host_file.h"

/* The partitions by number; those of the user's own follow. An MBR has no entry for the first. */
enum { PART_BIOS_BOOT, PART_ESP, PARTS_OF_OURS };

/* The largest that the partitions of the user's own together, and an image, can have: off_t's. */
#define IMAGE_SIZE_MAX (INT64_MAX / MIB * MIB)

struct image_file {
    char *path;            /* in the ESP */
    char *source;          /* what to call it in messages */
    struct host_file host; /* fd -1: not from a file of the host */
    struct content content;
    struct fingerprint fingerprint;
};

/* What is in a partition of the user's own. */
struct image_partition {
    struct host_file host; /* fd -1: zeros */
    struct content content;
    struct fingerprint fingerprint;
    uint8_t mbr_type;
};

struct image_plan {
    uint64_t size; /* of the image, bytes; whole MiB */
    uint32_t sector_size;
    enum mkimage_scheme scheme;
    struct kernel_facts kernel;
    struct stripped stripped;
    char *boot_conf;
    struct seal seal;
    uint8_t *sealed_application, *sealed_application_32; /* NULL: they are as they were built */

    size_t file_count;
    struct image_file **files; /* the kernel is the first */
    struct fat_node *tree;
    struct fat_layout fat;

    struct bios_chain chain;
    struct identity identity;
    struct gpt_part parts[GPT_PARTS_MAX];
    struct image_partition partitions[GPT_PARTS_MAX - PARTS_OF_OURS];
    size_t partition_count; /* of the user's own */
    struct gpt_table gpt;   /* in scheme GPT */
    char iso_label[FAT_SHORT_SIZE + 1];
    struct iso_volume iso;
};

/*
 * The inputs: opens, checks and takes everything that goes into the ESP. First step of
 * image_plan_make().
 */
bool image_inputs_take(const struct mkimage_spec *spec, const struct stages *stages,
                       struct image_plan *plan, struct error *error);

/*
 * The user's own partitions: opens and checks them; how many bytes they take; and, when that is
 * known, where they begin. Further steps of image_plan_make().
 */
bool image_partitions_take(const struct mkimage_spec *spec, struct image_plan *plan,
                           struct error *error);
uint64_t image_partitions_size(const struct image_plan *plan);
void image_partitions_place(struct image_plan *plan, uint64_t start);

/* The file at an absolute path in the ESP; NULL: there is none. */
const struct image_file *image_plan_find(const struct image_plan *plan, const char *path,
                                         size_t length);

/*
 * Opens and checks the inputs, hashes them, and computes the rest. The plan stays where it is and
 * is given back by image_plan_free(), also after a failure.
 */
bool image_plan_make(const struct mkimage_spec *spec, const struct stages *stages,
                     struct image_plan *plan, struct error *error);
void image_plan_free(struct image_plan *plan);

/* An output that is one of the inputs would be destroyed by its own making. */
bool image_plan_check_output(const struct image_plan *plan, const struct output *output,
                             struct error *error);

bool image_write(const struct image_plan *plan, struct output *output, struct error *error);

/*
 * Every byte that image_write() has written is there, and what the loader finds is what was
 * planned: every structure by the loader's own reader, every file by its fingerprint.
 */
bool image_verify(const struct image_plan *plan, struct output *output, struct error *error);
