/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into mkimage: the call number FAIL_AT (from 1) of those that change a file fails with
 * ENOSPC, and so do all after it, as on a disk that is full. FAIL_ONLY=1: only that one fails.
 * With SIGNAL_AT=N the process gets a signal instead, before call number N: SIGNAL (15).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Tests that run in the background inherit signals that are ignored. */
__attribute__((constructor)) static void stop_ignoring_signals(void)
{
    signal(SIGHUP, SIG_DFL);
    signal(SIGINT, SIG_DFL);
}

static bool is_full(void)
{
    static unsigned long calls;
    const char *fail_at = getenv("FAIL_AT");
    const char *signal_at = getenv("SIGNAL_AT");

    calls++;
    if (signal_at != NULL && strtoul(signal_at, NULL, 10) == calls)
        raise(getenv("SIGNAL") != NULL ? atoi(getenv("SIGNAL")) : SIGTERM);
    if (fail_at == NULL || calls < strtoul(fail_at, NULL, 10))
        return false;
    if (getenv("FAIL_ONLY") != NULL && calls > strtoul(fail_at, NULL, 10))
        return false;
    errno = ENOSPC;
    return true;
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset)
{
    ssize_t (*next)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pwrite64");

    return is_full() ? -1 : next(fd, bytes, size, offset);
}

ssize_t copy_file_range(int in, off64_t *in_offset, int out, off64_t *out_offset, size_t size,
                        unsigned flags)
{
    ssize_t (*next)(int, off64_t *, int, off64_t *, size_t, unsigned) =
        dlsym(RTLD_NEXT, "copy_file_range");

    if (getenv("NO_COPY_FILE_RANGE") != NULL) {
        errno = EXDEV;
        return -1;
    }
    return is_full() ? -1 : next(in, in_offset, out, out_offset, size, flags);
}

int ftruncate64(int fd, off64_t size)
{
    int (*next)(int, off64_t) = dlsym(RTLD_NEXT, "ftruncate64");

    return is_full() ? -1 : next(fd, size);
}

int fsync(int fd)
{
    int (*next)(int) = dlsym(RTLD_NEXT, "fsync");

    return is_full() ? -1 : next(fd);
}

int rename(const char *from, const char *to)
{
    int (*next)(const char *, const char *) = dlsym(RTLD_NEXT, "rename");

    return is_full() ? -1 : next(from, to);
}
