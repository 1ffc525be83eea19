/* SPDX-License-Identifier: MIT */
/*
 * What the loader and the tools of an operating system tell each other: the Boot Loader Interface
 * of systemd (docs/boot-loader-interface.md), which is variables of UEFI. On other firmware nothing
 * is told, and nothing wished.
 */
#pragma once

#include "boot/configuration.h"

enum { LOADER_WISH_SIZE = 256 };

/* Names of entries are UTF-8 and terminated; "": none is wished. */
struct loader_wishes {
    char once[LOADER_WISH_SIZE];    /* for this boot only */
    char usually[LOADER_WISH_SIZE]; /* instead of boot.conf's default */
    bool has_timeout;
    uint32_t timeout; /* of the menu: seconds, or CONFIG_WAIT_FOR_EVER */
};

/* What is for one boot only is gone then; where it cannot be removed, it is not wished. */
void firmware_take_wishes(struct loader_wishes *out);

/* Says who the loader is, and which entries there are. */
void firmware_tell_entries(const struct configuration *configuration);

/*
 * Says that an entry is about to be started, and when the loader was entered and is done: in
 * microseconds since the reset, 0 where that is not known.
 */
void firmware_tell_start(const char *entry, uint64_t entered, uint64_t done);
