/* SPDX-License-Identifier: MIT */
#include "watch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "need.h"

/* What differs after every write. */
struct file_state {
    bool is_there;
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed;
};

static struct file_state state_of(const char *path)
{
    struct file_state state;
    struct stat status;

    memset(&state, 0, sizeof(state)); /* padding is compared, too */
    if (stat(path, &status) == 0) {
        state.is_there = true;
        state.device = status.st_dev;
        state.inode = status.st_ino;
        state.size = status.st_size;
        state.changed = status.st_ctim;
    }
    return state;
}

void watch_add(struct watch *watch, const char *path)
{
    watch->paths = need(reallocarray(watch->paths, watch->count + 1, sizeof(watch->paths[0])));
    watch->states = need(reallocarray(watch->states, watch->count + 1, sizeof(watch->states[0])));
    watch->paths[watch->count] = path;
    watch->states[watch->count++] = state_of(path);
}

bool watch_has_changed(struct watch *watch)
{
    bool are_there = true, differs = false;

    for (size_t i = 0; i < watch->count; i++) {
        struct file_state now = state_of(watch->paths[i]);

        differs |= memcmp(&now, &watch->states[i], sizeof(now)) != 0;
        are_there &= now.is_there;
        watch->states[i] = now;
    }
    if (differs || !are_there)
        watch->is_changing |= differs;
    else if (watch->is_changing) {
        watch->is_changing = false;
        return true;
    }
    return false;
}

void watch_free(struct watch *watch)
{
    free(watch->paths);
    free(watch->states);
    *watch = (struct watch){0};
}
