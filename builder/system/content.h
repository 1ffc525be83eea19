/* SPDX-License-Identifier: MIT */
/*
 * The bytes of one file of the image: pieces of a host file and of memory, one after the other.
 * Nothing is copied, so a content costs the same memory whatever its size.
 */
#pragma once

#include "base/sha256.h"
#include "format/reader.h"

struct content_piece {
    uint64_t length;
    int fd; /* -1: `bytes` are meant */
    uint64_t offset;
    const void *bytes;
};

enum { CONTENT_PIECES_MAX = 64 };

struct content {
    struct reader reader;
    size_t count;
    struct content_piece pieces[CONTENT_PIECES_MAX];
};

/* Empty. Descriptors and bytes that are added must outlive the content. */
void content_init(struct content *content);

/* False when there is no room for one more piece. */
bool content_add_file(struct content *content, int fd, uint64_t offset, uint64_t length);
bool content_add_bytes(struct content *content, const void *bytes, uint64_t length);

/* Calls `use` with everything that `reader` holds, window by window. */
bool read_all(struct reader *reader, void (*use)(void *context, const void *bytes, size_t size),
              void *context, struct error *error);

/* The SHA-256 of everything that `reader` holds. */
bool hash_reader(struct reader *reader, uint8_t out[SHA256_SIZE], struct error *error);
