/* SPDX-License-Identifier: MIT */
/* What boot.conf says about one of its entries. */
#pragma once

#include "boot/configuration.h"
#include "boot/integrity.h"

struct settings_module {
    const char *path;   /* in the volume */
    const char *name;   /* its last part */
    size_t name_length; /* without the ".gz" of a packed one */
    const char *arguments;
    bool is_optional; /* it may be missing */
    struct expected_hash hash;
};

/* All texts lie in memory taken from `frames` and are terminated. */
struct settings {
    const char *kernel; /* NULL in an entry that has a line `chainload` instead */
    struct expected_hash kernel_hash;
    const char *application; /* path of the EFI application to chainload; NULL: none */
    struct expected_hash application_hash;
    uint32_t partition;     /* whose boot sector to chainload, from 1; 0: none */
    const char *options;    /* the kernel's command line */
    uint32_t width, height; /* of the screen, in pixels; 0: as the kernel wishes */
    uint64_t module_count;
    struct settings_module *modules;
};

/*
 * The settings of entry `entry`, from 0; what cannot be understood in it is passed over. `options`
 * take the place of those in boot.conf unless they are NULL, or boot.conf is sealed. May be called
 * again for another try.
 */
bool settings_read(const struct configuration *configuration, uint32_t entry, const char *options,
                   struct frames *frames, struct settings *out, struct error *error);
