/* SPDX-License-Identifier: MIT */
/* What /bowline/boot.conf says about this boot. */
#pragma once

#include "memory/frames.h"

struct settings_module {
    const char *path; /* in the volume */
    const char *name; /* its last part */
    const char *arguments;
};

/* All texts lie in memory taken from `frames` and are terminated. */
struct settings {
    const char *kernel;
    const char *options; /* the kernel's command line */
    uint64_t module_count;
    struct settings_module *modules;
};

/*
 * Reads the configuration of the first entry. A line that cannot be understood is a warning in the
 * log, and the boot goes on.
 */
bool settings_read(struct frames *frames, struct settings *out, struct error *error);
