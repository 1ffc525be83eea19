/* SPDX-License-Identifier: MIT */
/*
 * A file that appears whole or not at all. What is written goes to PATH.partial, which is renamed
 * to PATH at the end and removed when that end is not reached, whether by an error or, when that
 * was asked for, by SIGINT, SIGTERM, SIGHUP or SIGQUIT. A lock on the partial file lets two builds
 * of the same image wait for each other, and a partial file that a killed run has left behind be
 * used again.
 */
#pragma once

#include "system/content.h"

struct output {
    int fd; /* of the partial file; -1: not open */
    char *path;
    char *partial;
    uint64_t size; /* as set by output_resize() */
    bool is_reading_back;
};

/* From now on the signals remove a partial file, too, where nobody handles them. */
void output_clean_up_on_signals(void);

/*
 * Checks that a file may stand at `path` and prepares its names; nothing is touched.
 * output_discard() or output_commit() gives them back.
 */
bool output_prepare(const char *path, struct output *out, struct error *error);

/* Is `fd` the file that would be replaced, or the partial one? */
bool output_is(const struct output *output, int fd);

/* May this process write a file of this size? What its file system allows only writing tells. */
bool output_check_size(const struct output *output, uint64_t size, struct error *error);

/* Opens the partial file. One output at a time can be open. */
bool output_open(struct output *output, struct error *error);

/* Makes it a file of this size that is one hole; comes before everything else. */
bool output_resize(struct output *output, uint64_t size, struct error *error);
bool output_write(struct output *output, uint64_t offset, const void *bytes, uint64_t length,
                  struct error *error);

/* Copies a content, in the kernel where it can; holes of its files stay holes. */
bool output_copy(struct output *output, uint64_t offset, const struct content *content,
                 struct error *error);

/*
 * From now on nothing is written: the same calls in the same order compare what is there with what
 * they wrote. Where a later one has overwritten an earlier one, that is found, too. Ranges of host
 * files are left out: only their reader knows whether all of their pieces can be found.
 */
void output_read_back(struct output *output);

/* Has the disk confirm that it holds everything. */
bool output_sync(struct output *output, struct error *error);

/* Renames and closes. The output is discarded when that fails. */
bool output_commit(struct output *output, struct error *error);

/* Closes and removes the partial file, if it is open. */
void output_discard(struct output *output);
