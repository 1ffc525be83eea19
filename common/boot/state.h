/* SPDX-License-Identifier: MIT */
/*
 * The boot state of the boot disk: which slots have come up, how often the others may still be
 * started, and which entry a person wants. docs/boot-state.md has the rules.
 *
 * Nothing in here stops a boot: what cannot be read is as if it were not there, and what cannot be
 * written is said in the log.
 */
#pragma once

#include <bowline.h>
#include <bowline_state.h>

#include "boot/configuration.h"

struct boot_state {
    bool is_there; /* there are records, and one of them is whole: */
    int newest;    /* the one that counts */
    bool is_read_only;
    uint32_t sector_size;
    struct bowline_state records[2]; /* as they are on the disk */
};

/* Without records, a configuration that has slots is told so. */
void state_read(const struct configuration *configuration, struct boot_state *out);

/* What counts; NULL: there is nothing. */
const struct bowline_state *state_now(const struct boot_state *state);

/* May this slot be started: has it come up before, or has it attempts left? */
bool state_allows(const struct boot_state *state, const struct boot_entry *slot);

/*
 * The entry that is to boot this once, as boot_state_name() names it, and from now on not any more;
 * 0: none, or the disk cannot be made to forget it.
 */
uint64_t state_take_once(struct boot_state *state);

/*
 * An entry is about to be started. Counts the attempt of a slot that has not come up yet, and sets
 * the fields of `device` that are about the state.
 */
void state_start(struct boot_state *state, const struct configuration *configuration,
                 const struct boot_entry *entry, struct bowline_boot_device *device);
