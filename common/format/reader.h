/* SPDX-License-Identifier: MIT */
/*
 * Something that bytes can be read from: a disk, a partition, a file on either, a file of the
 * host, a piece of memory. Each kind embeds a `struct reader` and fills in the functions.
 */
#pragma once

#include "base/error.h"

struct reader {
    uint64_t size; /* bytes */

    /*
     * Reads exactly `length` bytes at `offset` to `to`. The caller has checked that they lie inside
     * `size`; reader_read() does. Files are read in ascending order wherever the work allows it,
     * because a network source knows no other way.
     */
    bool (*read)(struct reader *reader, uint64_t offset, uint64_t length, void *to,
                 struct error *error);

    /* Gives back what the reader holds. NULL: nothing to give back. */
    void (*close)(struct reader *reader);
};

/* Reads, or fails with ERROR_READ_BEYOND_END when the bytes are not all there. */
bool reader_read(struct reader *reader, uint64_t offset, uint64_t length, void *to,
                 struct error *error);

void reader_close(struct reader *reader);

/* A reader over bytes in memory, which must outlive it. */
struct memory_reader {
    struct reader reader;
    const uint8_t *bytes;
};

void memory_reader_init(struct memory_reader *memory, const void *bytes, uint64_t size);

/* A reader over a part of another one, such as a partition. */
struct window_reader {
    struct reader reader;
    struct reader *whole;
    uint64_t start;
};

void window_reader_init(struct window_reader *window, struct reader *whole, uint64_t start,
                        uint64_t size);
