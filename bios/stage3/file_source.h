/* SPDX-License-Identifier: MIT */
/*
 * Where the files beside the loader come from. There are two stages 3, as neither has room for what
 * it never uses: the linker chooses the source.
 */
#pragma once

#include "firmware/boot_device.h"
#include "format/reader.h"
#include "memory_report.h"

struct file_source {
    void (*start)(const struct stage2_report *report);

    /* As firmware_open_file() and firmware_find_boot_device(). */
    bool (*open)(const char *path, struct reader **out, struct error *error);
    void (*find_boot_device)(struct bowline_boot_device *out);

    /* Leaves nothing behind that goes on working. */
    void (*end)(void);
};

extern const struct file_source network_source; /* TFTP, by the network ROM */
extern const struct file_source volume_source;  /* the file system on the boot disk */

/* One of them: from_disk.c, from_network.c. */
extern const struct file_source *const file_source;
