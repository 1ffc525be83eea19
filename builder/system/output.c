/* SPDX-License-Identifier: MIT */
#include "system/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/units.h"
#include "listener.h"
#include "system/host_file.h"

/* Copied at once, so that a large file shows how far it has come. */
#define COPY_PART (16 * MIB)

/* What the signal handler removes; NULL: nothing. */
static char *volatile doomed;
static bool is_guarding; /* output_clean_up_on_signals() was called */

static const int deadly_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
static struct sigaction previous_actions[COUNT_OF(deadly_signals)];

static void remove_and_die(int number)
{
    if (doomed != NULL)
        unlink(doomed);
    /* SA_RESETHAND has put the default action back: this ends the process. */
    raise(number);
}

static void guard(char *path)
{
    struct sigaction action = {.sa_handler = remove_and_die, .sa_flags = (int)SA_RESETHAND};

    if (!is_guarding)
        return;
    sigfillset(&action.sa_mask);
    doomed = path;
    for (size_t i = 0; i < COUNT_OF(deadly_signals); i++) {
        sigaction(deadly_signals[i], NULL, &previous_actions[i]);
        if (previous_actions[i].sa_handler == SIG_DFL)
            sigaction(deadly_signals[i], &action, NULL);
    }
}

void output_clean_up_on_signals(void)
{
    is_guarding = true;
}

/*
 * Between two steps that belong together, such as renaming and no longer wanting to remove, the
 * handler must not run: the name may by then belong to another mkimage. Returns what was blocked.
 */
static sigset_t block_signals(void)
{
    sigset_t wanted, previous;

    sigemptyset(&wanted);
    for (size_t i = 0; i < COUNT_OF(deadly_signals); i++)
        sigaddset(&wanted, deadly_signals[i]);
    sigprocmask(SIG_BLOCK, &wanted, &previous);
    return previous;
}

static void restore_signals(sigset_t previous)
{
    sigprocmask(SIG_SETMASK, &previous, NULL);
}

static void unguard(void)
{
    if (!is_guarding)
        return;
    doomed = NULL;
    for (size_t i = 0; i < COUNT_OF(deadly_signals); i++)
        sigaction(deadly_signals[i], &previous_actions[i], NULL);
}

/* ENOSPC and the like deserve better than their strerror(). */
static bool write_error(const struct output *output, uint64_t length, struct error *error)
{
    if (errno == ENOSPC || errno == EDQUOT)
        FAIL(error, HOST_DISK_FULL, pages_for(length) * (PAGE_SIZE / KIB));
    else if (errno == EFBIG)
        FAIL(error, HOST_FILE_LIMIT, output->size / MIB);
    else
        return host_error(error, ERROR_HOST_WRITE, output->path);
    return error_in(error, output->path);
}

/* An image replaces an ordinary file, or nothing: never a device or a directory. */
static bool check_target(const char *path, struct error *error)
{
    struct stat status;
    const char *slash = strrchr(path, '/');

    if (slash != NULL && slash[1] == '\0') {
        FAIL(error, HOST_DIRECTORY);
        return error_in(error, path);
    }
    if (stat(path, &status) != 0)
        return errno == ENOENT ? true : host_error(error, ERROR_HOST_WRITE, path);
    if (S_ISREG(status.st_mode))
        return true;
    if (S_ISDIR(status.st_mode))
        FAIL(error, HOST_DIRECTORY);
    else
        FAIL_WITH(error, HOST_NOT_REGULAR, "a device or pipe");
    return error_in(error, path);
}

/* Is `fd` still what `path` names? Another run may have renamed or removed it meanwhile. */
static bool is_current(int fd, const char *path)
{
    struct stat opened, named;

    return fstat(fd, &opened) == 0 && stat(path, &named) == 0 && opened.st_dev == named.st_dev &&
           opened.st_ino == named.st_ino;
}

/*
 * Opens and locks the partial file; signals are blocked, but for the time of waiting. The lock goes
 * away with the process, whatever ends it.
 */
static int open_locked(const char *partial, sigset_t unblocked)
{
    bool has_waited = false;

    for (;;) {
        int fd = open(partial, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);

        if (fd < 0)
            return -1;
        if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
            if (!has_waited)
                listener_note("waiting for another mkimage that writes %s", partial);
            has_waited = true;
            restore_signals(unblocked);
            while (flock(fd, LOCK_EX) != 0 && errno == EINTR)
                ;
            block_signals();
        }
        /* Where locks are unknown (some network file systems) builds go on without one. */
        if (is_current(fd, partial))
            return fd;
        close(fd);
    }
}

static bool set_names(const char *path, struct output *out)
{
    struct stat status;

    /* Through a symbolic link its target is replaced, not the link. */
    out->path = lstat(path, &status) == 0 && S_ISLNK(status.st_mode) ? realpath(path, NULL) : NULL;
    if (out->path == NULL)
        out->path = strdup(path);
    return out->path != NULL && asprintf(&out->partial, "%s.partial", out->path) >= 0;
}

bool output_prepare(const char *path, struct output *out, struct error *error)
{
    struct output output = {.fd = -1};

    if (!check_target(path, error))
        return false;
    if (!set_names(path, &output)) {
        free(output.path);
        return FAIL(error, HOST_MEMORY);
    }
    *out = output;
    return true;
}

bool output_check_size(const struct output *output, uint64_t size, struct error *error)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
        size <= limit.rlim_cur)
        return true;
    FAIL(error, HOST_FILE_LIMIT, size / MIB);
    return error_in(error, output->path);
}

static bool open_partial(struct output *output, sigset_t unblocked, struct error *error)
{
    struct stat status;
    int fd = open_locked(output->partial, unblocked);

    if (fd < 0)
        return host_error(error, ERROR_HOST_WRITE, output->partial);
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        FAIL_WITH(error, HOST_NOT_REGULAR, "a device or pipe");
        close(fd);
        return error_in(error, output->partial);
    }
    guard(output->partial);
    output->fd = fd;
    return true;
}

bool output_open(struct output *output, struct error *error)
{
    sigset_t previous = block_signals();
    bool is_open = open_partial(output, previous, error);

    restore_signals(previous);
    return is_open;
}

bool output_is(const struct output *output, int fd)
{
    return is_current(fd, output->path) || is_current(fd, output->partial);
}

void output_read_back(struct output *output)
{
    output->is_reading_back = true;
}

static bool compare(const struct output *output, uint64_t offset, const void *bytes,
                    uint64_t length, struct error *error)
{
    const uint8_t *expected = bytes;
    uint8_t window[4096];

    for (uint64_t done = 0; done < length;) {
        uint64_t part = minimum(length - done, sizeof(window));

        if (!host_read(output->fd, offset + done, part, window, error))
            return false;
        for (uint64_t i = 0; i < part; i++)
            if (window[i] != expected[done + i])
                return FAIL_WITH(error, HOST_VERIFY, "content", offset + done + i);
        done += part;
    }
    return true;
}

bool output_resize(struct output *output, uint64_t size, struct error *error)
{
    if (output->is_reading_back)
        return true;
    output->size = size;
    /* To nothing first: a killed run may have left something. */
    return (ftruncate(output->fd, 0) == 0 && ftruncate(output->fd, (off_t)size) == 0) ||
           write_error(output, size, error);
}

bool output_write(struct output *output, uint64_t offset, const void *bytes, uint64_t length,
                  struct error *error)
{
    const char *from = bytes;

    if (output->is_reading_back)
        return compare(output, offset, bytes, length, error);
    while (length > 0) {
        ssize_t done = pwrite(output->fd, from, length, (off_t)offset);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return write_error(output, length, error);
        from += done;
        offset += (uint64_t)done;
        length -= (uint64_t)done;
    }
    return true;
}

static bool copy_by_reading(struct output *output, uint64_t to, int fd, uint64_t from,
                            uint64_t length, struct error *error)
{
    static char window[256 * KIB];

    while (length > 0) {
        uint64_t part = minimum(length, sizeof(window));

        if (!host_read(fd, from, part, window, error) ||
            !output_write(output, to, window, part, error))
            return false;
        listener_progress(part);
        from += part;
        to += part;
        length -= part;
    }
    return true;
}

/* Copies bytes that are there, not a hole. */
static bool copy_data(struct output *output, uint64_t to, int fd, uint64_t from, uint64_t length,
                      struct error *error)
{
    while (length > 0) {
        off_t from_offset = (off_t)from, to_offset = (off_t)to;
        uint64_t part = minimum(length, COPY_PART);
        ssize_t done = copy_file_range(fd, &from_offset, output->fd, &to_offset, part, 0);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
            return write_error(output, length, error);
        /* Not between these file systems, or the source has become shorter: reading tells. */
        if (done <= 0)
            return copy_by_reading(output, to, fd, from, length, error);
        listener_progress((uint64_t)done);
        from += (uint64_t)done;
        to += (uint64_t)done;
        length -= (uint64_t)done;
    }
    return true;
}

/* Copies a range of a file and leaves its holes out. */
static bool copy_range(struct output *output, uint64_t to, int fd, uint64_t from, uint64_t length,
                       struct error *error)
{
    uint64_t end = from + length;

    if (output->is_reading_back)
        return true;
    for (uint64_t position = from; position < end;) {
        off_t data = lseek(fd, (off_t)position, SEEK_DATA);
        off_t hole;

        if (data < 0 && errno == ENXIO) /* nothing but a hole up to the end of the file */
            return true;
        if (data < 0) /* a file system that does not tell */
            return copy_data(output, to + (position - from), fd, position, end - position, error);
        if ((uint64_t)data >= end)
            return true;
        hole = lseek(fd, data, SEEK_HOLE);

        uint64_t stop = hole < 0 ? end : minimum((uint64_t)hole, end);
        uint64_t start = (uint64_t)data;

        if (!copy_data(output, to + (start - from), fd, start, stop - start, error))
            return false;
        position = stop;
    }
    return true;
}

bool output_copy(struct output *output, uint64_t offset, const struct content *content,
                 struct error *error)
{
    for (size_t i = 0; i < content->count; i++) {
        const struct content_piece *piece = &content->pieces[i];
        bool is_copied =
            piece->fd < 0
                ? output_write(output, offset, piece->bytes, piece->length, error)
                : copy_range(output, offset, piece->fd, piece->offset, piece->length, error);

        if (!is_copied)
            return false;
        offset += piece->length;
    }
    return true;
}

bool output_sync(struct output *output, struct error *error)
{
    /* EINVAL: a file system that has nothing to synchronise. */
    return fsync(output->fd) == 0 || errno == EINVAL || write_error(output, output->size, error);
}

/* The new name has to survive a power cut too. Not every file system can synchronise a folder. */
static void sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
    int fd = folder == NULL ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
}

/* Gives everything back and lets the lock go. */
static void release(struct output *output)
{
    if (output->fd >= 0) {
        unguard();
        close(output->fd);
    }
    free(output->path);
    free(output->partial);
    *output = (struct output){.fd = -1};
}

bool output_commit(struct output *output, struct error *error)
{
    sigset_t previous = block_signals();
    bool is_renamed = rename(output->partial, output->path) == 0;

    if (is_renamed) {
        sync_folder(output->path);
        release(output);
    } else {
        write_error(output, output->size, error);
        output_discard(output);
    }
    restore_signals(previous);
    return is_renamed;
}

void output_discard(struct output *output)
{
    sigset_t previous = block_signals();

    if (output->fd >= 0) /* while the lock is held: later the file might be somebody else's */
        unlink(output->partial);
    release(output);
    restore_signals(previous);
}
