/* SPDX-License-Identifier: MIT */
/*
 * For systems that have no more than POSIX.1-2008, for which the build says BOWLINE_POSIX_2008: it
 * includes this file before each of mkimage's, in the place of the system's extensions. What a
 * manual page says of these functions holds, but for the limits that are named here.
 */
#pragma once

#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

int asprintf(char **text, const char *format, ...) __attribute__((format(printf, 2, 3)));
int vasprintf(char **text, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
void *memmem(const void *bytes, size_t length, const void *wanted, size_t wanted_length);
void *reallocarray(void *memory, size_t count, size_t size);
char *strsep(char **text, const char *separators);

/* Of the flags only O_CLOEXEC. Not at once: no other thread must start programs meanwhile. */
int pipe2(int ends[2], int flags);

/* Waits only for POLLIN, of descriptors below FD_SETSIZE. */
int ppoll(struct pollfd *descriptors, nfds_t count, const struct timespec *timeout,
          const sigset_t *mask);

/* Always fails with ENOSYS: mkimage then copies by reading and writing. */
ssize_t copy_file_range(int in, off_t *in_offset, int out, off_t *out_offset, size_t length,
                        unsigned flags);

/* lseek() knows no such thing and fails: mkimage then takes every byte for data. */
#ifndef SEEK_DATA
#define SEEK_DATA (-1)
#define SEEK_HOLE (-1)
#endif
