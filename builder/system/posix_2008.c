/* SPDX-License-Identifier: MIT */
#include "system/posix_2008.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>

int vasprintf(char **text, const char *format, va_list arguments)
{
    va_list again;
    int length;

    va_copy(again, arguments);
    length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    *text = length < 0 ? NULL : malloc((size_t)length + 1);
    return *text == NULL ? -1 : vsnprintf(*text, (size_t)length + 1, format, arguments);
}

int asprintf(char **text, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vasprintf(text, format, arguments);
    va_end(arguments);
    return length;
}

void *memmem(const void *bytes, size_t length, const void *wanted, size_t wanted_length)
{
    const char *place = bytes;

    for (; length >= wanted_length; place++, length--)
        if (memcmp(place, wanted, wanted_length) == 0)
            return (void *)(uintptr_t)place;
    return NULL;
}

void *reallocarray(void *memory, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(memory, count * size);
}

char *strsep(char **text, const char *separators)
{
    char *start = *text, *end;

    if (start == NULL)
        return NULL;
    end = start + strcspn(start, separators);
    *text = *end == '\0' ? NULL : end + 1;
    *end = '\0';
    return start;
}

int pipe2(int ends[2], int flags)
{
    if (pipe(ends) != 0)
        return -1;
    for (int i = 0; i < 2 && (flags & O_CLOEXEC) != 0; i++)
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    return 0;
}

int ppoll(struct pollfd *descriptors, nfds_t count, const struct timespec *timeout,
          const sigset_t *mask)
{
    int top = -1, ready;
    fd_set readable;

    FD_ZERO(&readable);
    for (nfds_t i = 0; i < count; i++) {
        if (descriptors[i].fd >= FD_SETSIZE) {
            errno = EINVAL;
            return -1;
        }
        if (descriptors[i].fd < 0)
            continue;
        FD_SET(descriptors[i].fd, &readable);
        top = descriptors[i].fd > top ? descriptors[i].fd : top;
    }
    ready = pselect(top + 1, &readable, NULL, NULL, timeout, mask);
    for (nfds_t i = 0; i < count && ready >= 0; i++) {
        bool is_readable = descriptors[i].fd >= 0 && FD_ISSET(descriptors[i].fd, &readable);

        descriptors[i].revents = is_readable ? POLLIN : 0;
    }
    return ready;
}

ssize_t copy_file_range(int in, off_t *in_offset, int out, off_t *out_offset, size_t length,
                        unsigned flags)
{
    (void)in, (void)in_offset, (void)out, (void)out_offset, (void)length, (void)flags;
    errno = ENOSYS;
    return -1;
}
