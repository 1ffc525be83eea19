/* SPDX-License-Identifier: MIT */
/* Names in a FAT directory: the long one in UTF-16, and the 8.3 one that stands beside it. */
#pragma once

#include "base/error.h"

enum {
    FAT_NAME_MAX = 255, /* UTF-16 units of a long name */
    FAT_SHORT_SIZE = 11,
};

struct fat_name {
    uint16_t units[FAT_NAME_MAX];
    size_t length;
    bool is_short; /* it is a valid 8.3 name as it stands: no long name is written */
    uint8_t short_name[FAT_SHORT_SIZE]; /* "KERNEL  ELF" */
};

/*
 * Takes one component of a path, in UTF-8. Refuses what FAT cannot hold. `is_taken` says whether a
 * short name is in use in the directory.
 */
bool fat_name_make(const char *name, bool (*is_taken)(void *context, const uint8_t *short_name),
                   void *context, struct fat_name *out, struct error *error);

/* Directory entries that the name takes up, the short one included. */
size_t fat_name_entries(const struct fat_name *name);

/* Writes the entries of the long name in front of the short one; returns how many. */
size_t fat_name_write(const struct fat_name *name, uint8_t *entries);
