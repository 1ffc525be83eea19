/* SPDX-License-Identifier: MIT */
/* Which entry of boot.conf boots: the one place that decides. */
#pragma once

#include "boot/configuration.h"

struct selection {
    uint32_t entry;
    const char *options; /* as a person has edited them; NULL: those of boot.conf */
};

/*
 * What is tried first: docs/boot-conf.md has the table. The operating system may wish another
 * timeout than that of the configuration, which then takes its place.
 */
void selection_start(struct configuration *configuration, struct selection *out);

/*
 * What is tried after `selection` has failed, and its error has been shown. False: nothing else;
 * the machine goes back to the firmware.
 */
bool selection_next(const struct configuration *configuration, struct selection *selection);
