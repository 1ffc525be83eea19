/* SPDX-License-Identifier: MIT */
/*
 * The plan of the kernel's virtual address space: the kernel where it was linked, then what was
 * requested at an address, then the rest inside the dynamic range. Pure: mkimage runs it too.
 */
#pragma once

#include <bowline.h>

#include "base/random.h"
#include "format/elf.h"

enum area {
    AREA_KERNEL, /* placed in this order, largest alignment first */
    AREA_DIRECT_MAP,
    AREA_FRAMEBUFFER,
    AREA_MODULES,
    AREA_BOOT_INFO,
    AREA_LOADER,
    AREA_STACK,
    AREA_FILE,
    AREA_COUNT
};

/* Length 0: nothing. */
struct layout_range {
    uint64_t start;
    uint64_t length;
};

enum { LAYOUT_HAND_OVER_RANGES = 2 };

/*
 * What there is to place: bytes, whole pages, 0: nothing. The kernel's own size is taken from its
 * headers; the stack's guard page is added here.
 */
struct layout_sizes {
    uint64_t area[AREA_COUNT];
    unsigned levels;       /* of page tables: 4 or 5 */
    struct random *random; /* NULL: no address space randomisation */
    /* The loader area stays clear of these: the hand-over runs there for a moment. */
    struct layout_range hand_over[LAYOUT_HAND_OVER_RANGES];
};

struct layout {
    uint64_t area[AREA_COUNT]; /* first address; 0: not placed */
    uint64_t slide;            /* from where the kernel was linked to where it lies, modulo 2^64 */
    uint64_t recursive_index;  /* entry of the root table that maps the root table; 0: none */
};

/* "the boot info", for messages. */
const char *layout_area_name(enum area area);

/* What the address of an area is a multiple of where the loader chooses; the kernel may want more.
 */
uint64_t layout_area_alignment(enum area area);

/* Where the loader may choose addresses: [*start, *end). Refuses a range that cannot be. */
bool layout_dynamic_range(const struct bowline_request *request, unsigned levels, uint64_t *start,
                          uint64_t *end, struct error *error);

/* Usable bytes of the stack that is asked for, rounded up to pages. */
bool layout_stack_size(const struct bowline_request *request, uint64_t *size, struct error *error);

/* Also refuses requests that cannot be fulfilled anywhere, and says who collides with whom. */
bool layout_plan(const struct bowline_request *request, const struct elf_kernel *kernel,
                 const struct layout_sizes *sizes, struct layout *out, struct error *error);
