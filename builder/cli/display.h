/* SPDX-License-Identifier: MIT */
/* What a verb shows while the library works. */
#pragma once

#include "mkimage.h"

/*
 * Who listens to the library: notes and details go to stderr, and when it takes longer than a
 * second and that is a terminal, a bar shows how far it has come. `is_quiet`: not even that;
 * `is_verbose`: details, too. One call at a time.
 */
const struct mkimage_listener *display_start(bool is_quiet, bool is_verbose);

/* Takes the bar away. */
void display_stop(void);
