/* SPDX-License-Identifier: MIT */
/* A kernel or module as the loader would see it: unpacked, if its name ends in ".gz". */
#pragma once

#include "format/reader.h"

struct unpacked {
    struct reader *reader; /* the file's own, or over what it unpacks to */
    int fd;                /* of the same bytes; -1: no file has them */
    struct memory_reader memory;
    void *bytes;
};

/*
 * `name` is what the loader goes by. What is packed has to be without a fault, and is in memory
 * then. `file` must outlive it; unpacked_close() afterwards.
 */
bool unpacked_open(const char *name, struct reader *file, int fd, struct unpacked *out,
                   struct error *error);
void unpacked_close(struct unpacked *unpacked);
