/* SPDX-License-Identifier: MIT */
/*
 * What a kernel's author changes when the loader refuses the kernel: the very line of the linker
 * script or source, or the option. cures.def has them; tests/boot/cures applies each one to a
 * kernel that is refused, and boots it.
 */
#pragma once

#include "base/error.h"

enum cure_place {
    CURE_SCRIPT,   /* lines of the linker script */
    CURE_LINKER,   /* options of ld or ld.lld (behind gcc or clang: -Wl,...) */
    CURE_COMPILER, /* options of gcc or clang */
    CURE_SOURCE,   /* lines of the source */
    CURE_REBUILD,  /* no compiler makes such a file: build or copy it again */
};

struct cure {
    enum cure_place place;
    char text[256]; /* may be several lines; empty for CURE_REBUILD */
};

enum { CURES_MAX = 3 };

/* All of them together cure. */
struct cure_list {
    size_t count;
    struct cure items[CURES_MAX];
};

/*
 * The cures of an error that elf_read(), request_read(), layout_plan() or relocations_apply() has
 * returned, with its numbers filled in. None: the error is not a kernel's fault.
 */
void cures_find(const struct error *error, struct cure_list *out);

/* "in the linker script" */
const char *cure_place_name(enum cure_place place);
