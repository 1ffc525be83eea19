/* SPDX-License-Identifier: MIT */
#include "qemu/watch.h"

#include <dirent.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "system/need.h"

/* As deep as an image takes them: a link that leads back up would go on for ever. */
enum { TREE_DEPTH_MAX = 64 };

/* Of a file, or of a directory with everything below it. */
struct file_state {
    bool is_there;   /* all of it */
    uint64_t digest; /* another one after every write */
};

/* FNV-1a */
static uint64_t hash(uint64_t before, const void *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        before = (before ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3;
    return before;
}

static uint64_t hash_of(const char *path, const struct stat *status)
{
    const int64_t facts[] = {(int64_t)status->st_dev, (int64_t)status->st_ino,
                             (int64_t)status->st_size, (int64_t)status->st_ctim.tv_sec,
                             (int64_t)status->st_ctim.tv_nsec};

    return hash(hash(0xcbf29ce484222325, path, strlen(path)), facts, sizeof(facts));
}

static bool look_at(const char *path, unsigned depth, uint64_t *digest);

static bool look_below(const char *path, unsigned depth, uint64_t *digest)
{
    DIR *directory = opendir(path);
    struct dirent *entry;
    bool is_there = directory != NULL;

    while (is_there && (entry = readdir(directory)) != NULL) {
        char *below;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        below = format_text("%s/%s", path, entry->d_name);
        is_there = look_at(below, depth + 1, digest);
        free(below);
    }
    if (directory != NULL)
        closedir(directory);
    return is_there;
}

/* Adds what is there: a sum, as a directory's order means nothing. False: not all is there. */
static bool look_at(const char *path, unsigned depth, uint64_t *digest)
{
    struct stat status;

    if (depth > TREE_DEPTH_MAX || stat(path, &status) != 0)
        return false;
    *digest += hash_of(path, &status);
    return !S_ISDIR(status.st_mode) || look_below(path, depth, digest);
}

static struct file_state state_of(const char *path)
{
    struct file_state state = {0};

    state.is_there = look_at(path, 0, &state.digest);
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

        differs |= now.digest != watch->states[i].digest;
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
