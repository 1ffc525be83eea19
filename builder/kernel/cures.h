/* SPDX-License-Identifier: MIT */
/*
 * What a kernel's author changes when the loader refuses the kernel: the very line of the linker
 * script or of the source, or the option. cures.def has them. tests/boot/cures applies each one to
 * a kernel that is refused, and boots it.
 */
#pragma once

#include <stddef.h>

#include "base/error.h"

enum cure_place {
    CURE_SCRIPT,   /* lines of the linker script */
    CURE_LINKER,   /* options of ld or ld.lld; behind gcc or clang: -Wl,... */
    CURE_COMPILER, /* options of gcc or clang */
    CURE_SOURCE,   /* lines of C */
    CURE_REBUILD,  /* no compiler makes such a file: there is no line to change */
};

struct cure {
    enum cure_place place;
    const char *where; /* "in front of .data"; may be empty */
    char text[256]; /* may be several lines, without a line end at its end; empty: CURE_REBUILD */
};

enum { CURES_MAX = 3 };

/* All of them together cure. */
struct cure_list {
    size_t count;
    struct cure items[CURES_MAX];
};

/*
 * The cures of an error that kernel_check() has returned, with its numbers and names filled in;
 * `symbol` is the name of the symbol that it is about, or NULL. None: the error is no kernel's
 * fault.
 */
void cures_find(const struct error *error, const char *symbol, struct cure_list *out);

/* "in the linker script" */
const char *cure_place_name(enum cure_place place);
