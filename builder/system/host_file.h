/* SPDX-License-Identifier: MIT */
/* Files of the host, as readers. */
#pragma once

#include "format/reader.h"

struct host_file {
    struct reader reader;
    int fd;
    bool is_disk; /* a block device */
};

/* Opens an ordinary file for reading; reader_close() closes it. Errors carry the path. */
bool host_file_open(const char *path, struct host_file *out, struct error *error);

/* The same, and `path` may be a disk or a part of one, too: a block device. */
bool host_file_or_disk_open(const char *path, struct host_file *out, struct error *error);

/* A reader over `size` bytes of a descriptor that stays the caller's: closing it does nothing. */
void host_file_borrow(struct host_file *file, int fd, uint64_t size);

/* Reads exactly `length` bytes; fails with HOST_CHANGED where the file ends before. */
bool host_read(int fd, uint64_t offset, uint64_t length, void *to, struct error *error);

/* HOST_READ and the like with what errno says, named `object`. Returns false. */
bool host_error(struct error *error, enum error_code code, const char *object);
