/* SPDX-License-Identifier: MIT */
/* How mkimage build shows what it does and what has become of it. */
#pragma once

#include "mkimage.h"

struct build_display {
    bool is_quiet;   /* errors only */
    bool is_verbose; /* what lies where, too */
    bool is_json;    /* the result for programs */
};

/*
 * Who listens to the build: notes go to stderr, and when it takes longer than a second and that is
 * a terminal, a bar shows how far it has come. One build at a time.
 */
const struct mkimage_listener *build_display_start(const struct build_display *display);

/* Takes the bar away. */
void build_display_stop(void);

/* Shows on stdout what was built. */
void build_display_result(const struct build_display *display, const struct mkimage_spec *spec,
                          const struct mkimage_result *result);
