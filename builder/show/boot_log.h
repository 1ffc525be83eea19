/* SPDX-License-Identifier: MIT */
/*
 * Reads what the loader has said during a boot, as it was captured from the debug console (QEMU's
 * -debugcon), from the kernel (boot->log), or from a serial line, which has no memory map. Lines of
 * others may stand between the loader's.
 */
#pragma once

#include <bowline.h>
#include <stddef.h>

#include "base/error.h"

struct boot_log_file {
    char *path;
    uint64_t size; /* bytes */
};

struct boot_log_time {
    uint64_t microseconds; /* since the reset */
    char *step;            /* what was over then: "kernel read" */
};

struct boot_log_message {
    bool is_error; /* or else a warning */
    size_t line;   /* of the log, from 1 */
    char *text;    /* the line after "bowline: error: " */
    char *remedy;  /* what it says to do; NULL: nothing */
};

/* Of the last boot in it. */
struct boot_log {
    size_t boots;                /* that begin in the log; 0: not the loader's */
    char *loader;                /* "Bowline 0.1.0" */
    bool is_cut;                 /* lines are missing in its middle */
    struct boot_log_file kernel; /* path NULL: it does not come so far */
    bool is_started;             /* the kernel, at: */
    uint64_t entry;
    uint64_t screen_width, screen_height, screen_depth; /* of the framebuffer; 0: none was set up */

    size_t time_count;
    struct boot_log_time *times;
    size_t module_count;
    struct boot_log_file *modules;
    size_t message_count;
    struct boot_log_message *messages;
    /* Ascending and disjoint. `kind` 0: of a newer loader. Attributes are not in the log. */
    size_t region_count;
    struct bowline_memory_region *regions;
};

/* Memory that is missing ends the program. False: the loader has not written any of it. */
bool boot_log_read(const char *text, size_t length, struct boot_log *out, struct error *error);
void boot_log_free(struct boot_log *log);
