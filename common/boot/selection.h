/* SPDX-License-Identifier: MIT */
/*
 * Which entry of boot.conf boots: the one place that decides. docs/boot-conf.md has the table of
 * who has a say in it.
 */
#pragma once

#include "boot/configuration.h"
#include "boot/state.h"
#include "console/menu_run.h"

struct selection {
    uint32_t entry;
    const char *options;    /* as a person has edited them; NULL: those of boot.conf */
    bool is_once;           /* wanted for this boot alone */
    int64_t standard;       /* the entry that somebody has made the default; -1: nobody has */
    bool is_by_person;      /* chosen in the menu: the next try is, too */
    struct menu_room *room; /* NULL: there has been no menu so far */
};

/*
 * What is tried first. The operating system may wish another timeout than that of the
 * configuration, which then takes its place.
 */
void selection_start(struct configuration *configuration, struct boot_state *state,
                     struct selection *out);

/*
 * What is tried after `selection` has failed, and its error has been shown: never the same entry
 * again. False: nothing else; the machine goes back to the firmware.
 */
bool selection_next(struct configuration *configuration, const struct boot_state *state,
                    struct selection *selection);
