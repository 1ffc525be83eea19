/* SPDX-License-Identifier: MIT */
/* Whole files in memory. They are what boot.conf says they are, or they are not used. */
#pragma once

#include "format/config.h"
#include "format/reader.h"
#include "memory/frames.h"

/* Whole pages, the last of which ends in 0. */
struct whole_file {
    uint64_t phys; /* 0: it is empty */
    uint64_t size;
};

/* Fails with HASH_DIFFERS when the hash is known, and that of the bytes is another. */
bool integrity_check(const struct expected_hash *expected, const void *bytes, uint64_t size,
                     struct error *error);

/*
 * Reads a whole file into memory, once, checks it there, and reads on from there: what is used is
 * what was checked, whatever the medium says the second time. The memory is FRAMES_TEMPORARY.
 */
bool integrity_read(const struct expected_hash *expected, struct reader *file,
                    struct frames *frames, struct memory_reader *out, struct error *error);

/*
 * Reads a whole file, checks it as it lies on the medium, and unpacks it if its path ends in ".gz":
 * only then more memory is needed for a while. What comes of it lies in frames of this use.
 */
bool whole_file_read(const char *path, const struct expected_hash *expected, struct reader *file,
                     struct frames *frames, enum frame_use use, struct whole_file *out,
                     struct error *error);

/* Gives the memory back. */
void whole_file_release(const struct whole_file *file, struct frames *frames);
