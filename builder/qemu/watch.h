/* SPDX-License-Identifier: MIT */
/* Notices when files are written anew, as a linker does it: removed, made again, and filled. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct watch {
    const char **paths;
    struct file_state *states;
    size_t count;
    bool is_changing;
};

enum { WATCH_MILLISECONDS = 300 }; /* between two calls of watch_has_changed() */

/*
 * Zero it to begin. The path must stay; files that are not there yet may come. Of a directory
 * everything below it is watched.
 */
void watch_add(struct watch *watch, const char *path);

/* True once files have changed since the last true, are all there, and have stood still since the
 * last call. */
bool watch_has_changed(struct watch *watch);

void watch_free(struct watch *watch);
