/* SPDX-License-Identifier: MIT */
/* How mkimage build shows what has become of it. */
#pragma once

#include "mkimage.h"

struct build_display {
    bool is_quiet;   /* errors only */
    bool is_verbose; /* what lies where, too */
    bool is_json;    /* the result for programs */
};

/* Shows on stdout what was built. */
void build_display_result(const struct build_display *display, const struct mkimage_spec *spec,
                          const struct mkimage_result *result);
