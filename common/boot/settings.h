/* SPDX-License-Identifier: MIT */
/* What /bowline/boot.conf says about this boot. */
#pragma once

#include "boot/integrity.h"

struct settings_module {
    const char *path; /* in the volume */
    const char *name; /* its last part */
    const char *arguments;
    bool is_optional; /* it may be missing */
    struct expected_hash hash;
};

/* All texts lie in memory taken from `frames` and are terminated. */
struct settings {
    const char *kernel;
    struct expected_hash kernel_hash;
    const char *options;    /* the kernel's command line */
    uint32_t width, height; /* of the screen, in pixels; 0: as the kernel wishes */
    uint64_t module_count;
    struct settings_module *modules;
};

/*
 * Reads the configuration of the default entry, or else the first. A line that cannot be understood
 * is a warning in the log, and the boot goes on.
 */
bool settings_read(struct frames *frames, struct settings *out, struct error *error);
