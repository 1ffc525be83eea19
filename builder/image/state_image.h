/* SPDX-License-Identifier: MIT */
/* The boot state of an image or a disk, and the entries of its boot.conf that it is about. */
#pragma once

#include <bowline_state.h>

#include "system/host_file.h"

struct state_entry {
    char *name; /* "" in a boot.conf without a line `entry` */
    uint64_t state_name;
    bool is_slot;
    uint32_t priority, attempts; /* of a slot */
};

struct state_image {
    const char *path;
    struct host_file file;
    struct bowline_state records[2]; /* as they are there */
    int newest;                      /* which one counts; -1: none is whole */
    bool is_wiped;                   /* neither is a record at all */
    size_t entry_count;
    struct state_entry *entries;
};

/*
 * Reads the records. Refuses what mkimage has not made, unless there is a record. The image has no
 * entries yet. state_image_close() in any case.
 */
bool state_image_open(const char *path, struct state_image *out, struct error *error);
void state_image_close(struct state_image *image);

/*
 * Takes the entries from boot.conf, and hands a line that cannot be understood, which is passed
 * over, to `warn`.
 */
bool state_image_read_entries(struct state_image *image, void (*warn)(const struct error *error),
                              struct error *error);

/* The record that counts. Fails with STATE_WIPED or STATE_DAMAGED when none is whole. */
bool state_image_now(const struct state_image *image, const struct bowline_state **out,
                     struct error *error);

/* The first entry of this name. */
bool state_image_find(const struct state_image *image, const char *name,
                      const struct state_entry **out, struct error *error);

/* The same of a slot: by its name, or else by the number that its place in the records has. */
bool state_image_find_slot(const struct state_image *image, const char *name_or_number,
                           const struct state_entry **out, struct error *error);

/*
 * The place of a slot in a record, which it gets if need be, also that of a slot that boot.conf has
 * no longer.
 */
bool state_image_place(const struct state_image *image, struct bowline_state *record,
                       const struct state_entry *slot, struct bowline_state_slot **out,
                       struct error *error);

/* The record that counts, with the next sequence number: to be changed and written. */
bool state_image_advance(const struct state_image *image, struct bowline_state *out,
                         struct error *error);

/* Writes it over the older one, sees it onto the medium, and reads it back. */
bool state_image_write(struct state_image *image, struct bowline_state *next, struct error *error);

/* Writes both records as in a new image. Needs no entries. */
bool state_image_reset(struct state_image *image, struct error *error);
