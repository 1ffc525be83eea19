/* SPDX-License-Identifier: MIT */
/*
 * The boot info: struct bowline_info and all that its pointers lead to, in one piece of memory
 * (FRAMES_LOADER) that the kernel has mapped at the address the layout gives.
 */
#pragma once

#include <bowline.h>

#include "boot/kernel.h"
#include "boot/modules.h"
#include "boot/video.h"
#include "firmware/tables.h"
#include "memory/layout.h"
#include "memory/memory_map.h"

/* A point of the boot. */
struct timestamp {
    uint64_t tsc;
    const char *name;
};

/* What there is to tell. */
struct info_facts {
    const struct settings *settings;
    const struct kernel *kernel;
    const struct modules *modules;
    const struct layout *layout;
    const struct layout_sizes *sizes;
    const struct video *video;
    struct firmware_tables tables;
    const struct bowline_boot_device *boot_device; /* as the firmware tells it */
    uint64_t boot_time;
    uint64_t tsc_hz;
    const struct timestamp *timestamps; /* the last one is the hand-over, not known yet */
    uint64_t timestamp_count;
    bool is_random_strong;
    unsigned levels; /* of page tables */
    uint64_t entropy[8];
    uint64_t efi_memory_map_size; /* bytes that UEFI's own map may have; 0 on a BIOS */
    uint64_t memory_map_capacity; /* regions that the final map may have */
};

/* The info while it is written. */
struct info {
    struct bowline_info *boot; /* where the loader writes it */
    uint64_t *handed_over;     /* where the last timestamp goes */
    struct memory_map map;     /* storage for the final memory map, inside the info */
    void *efi_memory_map;      /* storage for UEFI's own map */
    char *log;                 /* storage for LOG_SIZE_MAX bytes of the log */
};

/* Bytes that info_write() needs, whole pages. */
uint64_t info_size(const struct info_facts *facts);

/* Writes everything that is known before the firmware is left, to info_size() bytes at `memory`. */
void info_write(const struct info_facts *facts, void *memory, struct info *out);

/*
 * Adds what is known last: the log, UEFI's own memory map out of `final`, and the kernel's memory
 * map, which the caller has built.
 */
void info_finish(struct info *info, const struct firmware_memory_map *final);
