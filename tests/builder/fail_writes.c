/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into mkimage: the call number FAIL_AT (from 1) of those that change a file fails with
 * ENOSPC, and so do all after it, as on a disk that is full. FAIL_ONLY=1: only that one fails.
 * With SIGNAL_AT=N the process gets a signal instead, before call number N: SIGNAL (15).
 * With UNREADABLE=OFFSET the page at that offset cannot be read (EIO), nor a part of it be written,
 * until it is written as a whole: as a disk with a bad sector behind a page cache.
 * With DAMAGE_AT=N the disk lies: call number N reports success, and one bit is another.
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
    signal(SIGQUIT, SIG_DFL);
}

enum { PAGE = 4096 };

static unsigned long calls;

static bool is_full(void)
{
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

/* After call number DAMAGE_AT has written `size` bytes: one bit in the middle of them. */
static void damage(int fd, off64_t offset, ssize_t size)
{
    ssize_t (*next)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pwrite64");
    const char *damage_at = getenv("DAMAGE_AT");
    unsigned char byte;

    if (damage_at == NULL || strtoul(damage_at, NULL, 10) != calls || size <= 0)
        return;
    if (pread64(fd, &byte, 1, offset + size / 2) != 1)
        abort();
    byte ^= 4;
    if (next(fd, &byte, 1, offset + size / 2) != 1)
        abort();
}

static bool is_mended;

/* Does a piece of the file touch the bad page? */
static bool is_unreadable(size_t size, off64_t offset)
{
    const char *unreadable = getenv("UNREADABLE");
    off64_t page = unreadable != NULL ? strtoll(unreadable, NULL, 0) : 0;

    if (unreadable == NULL || is_mended || offset >= page + PAGE || offset + (off64_t)size <= page)
        return false;
    errno = EIO;
    return true;
}

ssize_t pread64(int fd, void *bytes, size_t size, off64_t offset)
{
    ssize_t (*next)(int, void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pread64");

    return is_unreadable(size, offset) ? -1 : next(fd, bytes, size, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset)
{
    ssize_t (*next)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pwrite64");

    if (is_unreadable(size, offset)) {
        if (size < PAGE)
            return -1;
        is_mended = true;
    }
    ssize_t written = is_full() ? -1 : next(fd, bytes, size, offset);

    damage(fd, offset, written);
    return written;
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
    off64_t start = *out_offset; /* which the call moves */
    ssize_t copied = is_full() ? -1 : next(in, in_offset, out, out_offset, size, flags);

    damage(out, start, copied);
    return copied;
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
