/* SPDX-License-Identifier: MIT */
#include "system/host_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool host_error(struct error *error, enum error_code code, const char *object)
{
    error_set_with(error, code, strerror(errno), (const uint64_t[4]){0});
    return error_in(error, object);
}

bool host_read(int fd, uint64_t offset, uint64_t length, void *to, struct error *error)
{
    char *position = to;

    while (length > 0) {
        ssize_t done = pread(fd, position, length, (off_t)offset);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return FAIL_WITH(error, HOST_READ, strerror(errno));
        if (done == 0)
            return FAIL(error, HOST_CHANGED);
        position += done;
        offset += (uint64_t)done;
        length -= (uint64_t)done;
    }
    return true;
}

static bool read_host_file(struct reader *reader, uint64_t offset, uint64_t length, void *to,
                           struct error *error)
{
    struct host_file *file = (struct host_file *)reader;

    return host_read(file->fd, offset, length, to, error);
}

static void close_host_file(struct reader *reader)
{
    struct host_file *file = (struct host_file *)reader;

    close(file->fd);
}

void host_file_borrow(struct host_file *file, int fd, uint64_t size)
{
    *file = (struct host_file){.reader = {.size = size, .read = read_host_file}, .fd = fd};
}

static bool check_kind(const struct stat *status, bool may_be_disk, const char *path,
                       struct error *error)
{
    const char *kind = S_ISCHR(status->st_mode)    ? "a character device"
                       : S_ISBLK(status->st_mode)  ? "a block device"
                       : S_ISFIFO(status->st_mode) ? "a pipe"
                                                   : "a socket";

    if (S_ISREG(status->st_mode) || (may_be_disk && S_ISBLK(status->st_mode)))
        return true;
    if (S_ISDIR(status->st_mode))
        FAIL(error, HOST_DIRECTORY);
    else
        FAIL_WITH(error, HOST_NOT_REGULAR, kind);
    return error_in(error, path);
}

/* errno says why `path` could not be opened. */
static bool open_error(const char *path, struct error *error)
{
    int reason = errno;
    struct stat status;

    if (reason == ENOENT || reason == ENOTDIR) {
        FAIL(error, HOST_NOT_FOUND);
        return error_in(error, path);
    }
    if (reason == EACCES && stat(path, &status) == 0 && S_ISBLK(status.st_mode)) {
        FAIL(error, HOST_DISK_RIGHTS);
        return error_in(error, path);
    }
    errno = reason;
    return host_error(error, ERROR_HOST_OPEN, path);
}

/*
 * The size of a disk is where it ends: st_size has only that of a file. It was opened with
 * O_NONBLOCK, which asks no drive whether there is anything in it: hence once more.
 */
static bool open_disk(const char *path, struct host_file *out, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    off_t end;

    if (fd < 0)
        return open_error(path, error);
    end = lseek(fd, 0, SEEK_END);
    if (end < 0) {
        host_error(error, ERROR_HOST_READ, path);
        close(fd);
        return false;
    }
    if (end == 0) {
        FAIL(error, HOST_DISK_EMPTY);
        close(fd);
        return error_in(error, path);
    }
    host_file_borrow(out, fd, (uint64_t)end);
    out->is_disk = true;
    out->reader.close = close_host_file;
    return true;
}

static bool open_file(const char *path, bool may_be_disk, struct host_file *out,
                      struct error *error)
{
    struct stat status;
    /* O_NONBLOCK: opening a pipe that nobody writes to would wait for ever. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0)
        return open_error(path, error);
    if (fstat(fd, &status) != 0) {
        host_error(error, ERROR_HOST_READ, path);
        close(fd);
        return false;
    }
    if (!check_kind(&status, may_be_disk, path, error)) {
        close(fd);
        return false;
    }
    if (S_ISBLK(status.st_mode)) {
        close(fd);
        return open_disk(path, out, error);
    }
    host_file_borrow(out, fd, (uint64_t)status.st_size);
    out->reader.close = close_host_file;
    return true;
}

bool host_file_open(const char *path, struct host_file *out, struct error *error)
{
    return open_file(path, false, out, error);
}

bool host_file_or_disk_open(const char *path, struct host_file *out, struct error *error)
{
    return open_file(path, true, out, error);
}
