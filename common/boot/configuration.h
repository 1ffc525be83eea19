/* SPDX-License-Identifier: MIT */
/* boot.conf, read once in a boot: what it says to the loader, and which entries it has. */
#pragma once

#include "format/config.h"
#include "memory/frames.h"

/* What can be booted. Texts are UTF-8 and terminated. */
struct boot_entry {
    const char *name;      /* "" in a file without a line `entry` */
    uint32_t line, column; /* where it begins in boot.conf */
    uint64_t state_name;   /* what the boot state calls it */
    const char *title;     /* what a person sees: the name unless there is a line `title` */
    bool is_slot;
    uint32_t priority; /* of a slot: the highest boots */
    uint32_t attempts; /* of a slot, 1 to 255 */
    bool has_failed;   /* in this boot: it is not chosen again but by a person */
};

struct configuration {
    const char *text; /* as it is in the file, not terminated; nothing writes to it */
    size_t size;
    uint32_t entry_count; /* at least 1 */
    struct boot_entry *entries;
    bool has_default;       /* a line `default` names an entry that there is */
    uint32_t default_entry; /* that one, or else the first */
    bool has_timeout;
    uint32_t timeout;          /* seconds, or CONFIG_WAIT_FOR_EVER */
    bool is_editor_off;        /* the options of an entry are not to be edited */
    bool is_sealed;            /* nothing else than this text has a say (docs/sealing.md) */
    struct config_line serial; /* the last line of its key; `line` 0: there is none */
    struct config_line log;
};

/*
 * Reads CONFIG_PATH into memory that stays until the hand-over (FRAMES_KEPT). A line that cannot be
 * understood is a warning in the log, and so are a default that there is not, a second entry of one
 * name, and a second line of what the loader or an entry has once: the boot goes on. A sealed
 * loader refuses what it is not sealed with, and files without a hash.
 */
bool configuration_read(struct frames *frames, struct configuration *out, struct error *error);
