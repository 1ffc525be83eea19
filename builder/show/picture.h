/* SPDX-License-Identifier: MIT */
/*
 * A picture of ranges of addresses: what lies on a disk, in an address space, in physical memory.
 *
 * Ranges are boxes below each other in the order of their addresses, and boxes inside others stand
 * to the right of them. Structures of some bytes lie beside others of TiB: heights follow the
 * logarithm of the sizes, so that each has room for its name, and a bar above it all is true to
 * scale. Where there are too many boxes to be seen, neighbours are drawn as one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A colour and a pattern: a picture can be read without the one or the other. */
enum picture_tone {
    TONE_CODE,
    TONE_CONSTANT,
    TONE_DATA,
    TONE_STACK,
    TONE_TABLE,
    TONE_FILE,
    TONE_LOADER,
    TONE_FIRMWARE,
    TONE_DEVICE,
    TONE_MAP,
    TONE_BAD,
    TONE_COUNT
};

/* An entry of the legend. */
struct picture_kind {
    const char *name;
    enum picture_tone tone;
    const char *things; /* "files": several may be drawn as one, called so; NULL: never */
};

/* What lies at [first, last]. */
struct picture_box {
    uint64_t first, last;
    uint64_t size; /* bytes, as shown */
    unsigned kind; /* number of its picture_kind */
    char *label;
    char *note;     /* something short; NULL: nothing */
    bool is_marked; /* something is wrong with it */

    /* Found by picture_arrange(). */
    unsigned depth; /* of the boxes that it lies in */
    bool has_inner; /* boxes lie in it */
    bool is_kept;   /* drawn as itself, not with others */
    size_t merged;  /* boxes that are drawn as this one; 0: it stands for itself */
};

struct picture {
    char *title, *subtitle;
    const struct picture_kind *kinds;
    size_t kind_count;
    const char *nothing; /* where no box is: "free" */

    uint64_t first, last;           /* what there is to see */
    uint64_t hole_first, hole_last; /* cut out of it; hole_last 0: no hole */
    const char *hole;               /* its name */

    size_t count, capacity;
    struct picture_box *boxes;
};

/* Texts are copied. Memory that is missing ends the program. picture_free() afterwards. */
void picture_begin(struct picture *picture, const struct picture_kind *kinds, size_t kind_count);
__attribute__((format(printf, 2, 3))) void picture_title(struct picture *picture,
                                                         const char *format, ...);
__attribute__((format(printf, 2, 3))) void picture_subtitle(struct picture *picture,
                                                            const char *format, ...);

/*
 * Adds a box of `size` bytes, at least 1; first + size may be 2^64. What lies outside of the
 * picture or across another box is cut off when the picture is written. The caller may change what
 * is shown as its size, and mark it, before it adds another.
 */
struct picture_box *picture_add(struct picture *picture, unsigned kind, uint64_t first,
                                uint64_t size, const char *label, const char *note);

/* Writes the picture as SVG 1.1; it is rearranged for that, and cannot be added to any more. */
void picture_write(struct picture *picture, FILE *to);

void picture_free(struct picture *picture);

/* ---- Between picture.c and picture_svg.c ---- */

/* Sorts the boxes, finds out which lies in which, and merges until about `rows` are left. */
void picture_arrange(struct picture *picture, size_t rows);

/* One line of the picture: the bytes from one end of a box to the next. */
struct picture_row {
    uint64_t first, last;
    bool is_hole;
    size_t box;      /* the innermost that covers it; SIZE_MAX: none */
    unsigned height; /* pixels */
    unsigned top;    /* pixels from the first row of its panel */
    unsigned panel;
};

/* The rows of an arranged picture, in ascending order. To be freed. */
struct picture_row *picture_rows(const struct picture *picture, size_t *count);

/* 16 times the binary logarithm, without floating point: every machine draws the same. */
unsigned picture_logarithm(uint64_t value);
