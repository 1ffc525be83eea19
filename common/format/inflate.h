/* SPDX-License-Identifier: MIT */
/*
 * Unpacks gzip files (RFC 1952; what is in them is RFC 1951's "deflate"). Bytes in memory in, bytes
 * in memory out, nothing allocated: its tables take 4 KiB of stack.
 *
 * A file has one member. Files with several are legal, but only who unpacks them learns how large
 * they are: they are refused, as is anything else behind the end.
 */
#pragma once

#include "base/error.h"

/* Is this the path or name of a packed file, which what is unpacked loses the last part of? */
#define GZIP_SUFFIX ".gz"
bool gzip_is_named(const char *path);

/* How large the file says it is unpacked: less than 4 GiB. Fails where it cannot be so. */
bool gzip_size(const void *packed, size_t size, uint32_t *unpacked, struct error *error);

/* To `room`, which has what gzip_size() says. What it holds after a failure is undefined. */
bool gzip_unpack(const void *packed, size_t size, void *room, struct error *error);
