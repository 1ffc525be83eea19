/* SPDX-License-Identifier: MIT */
/* Files are what boot.conf says they are, or they are not used. */
#pragma once

#include "format/config.h"
#include "format/reader.h"
#include "memory/frames.h"

/* Fails with HASH_DIFFERS when the hash is known, and that of the bytes is another. */
bool integrity_check(const struct expected_hash *expected, const void *bytes, uint64_t size,
                     struct error *error);

/*
 * Reads a whole file into memory, once, checks it there, and reads on from there: what is used is
 * what was checked, whatever the medium says the second time. The memory is FRAMES_TEMPORARY.
 */
bool integrity_read(const struct expected_hash *expected, struct reader *file,
                    struct frames *frames, struct memory_reader *out, struct error *error);
