/* SPDX-License-Identifier: MIT */
/* Modules: files that the kernel gets in memory, as they are, or unpacked. */
#pragma once

#include "boot/settings.h"

struct modules {
    uint64_t count;
    struct whole_file *items; /* one for each of the settings' modules, in their order */
    uint64_t area_size;       /* of all, each rounded up to pages */
};

/*
 * Each module becomes contiguous, page-aligned memory (FRAMES_MODULE); its last page ends in 0. An
 * optional module that is not there is taken out of the settings.
 */
bool modules_load(struct settings *settings, struct frames *frames, struct modules *out,
                  struct error *error);
