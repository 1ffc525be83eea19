/* SPDX-License-Identifier: MIT */
#include "listener.h"

#include <stdarg.h>
#include <stdlib.h>

#include "system/need.h"

static const struct mkimage_listener *current;
static uint64_t expected, done;

void listener_set(const struct mkimage_listener *listener)
{
    current = listener;
    expected = done = 0;
}

static void tell(void (*hear)(void *, const char *), const char *format, va_list arguments)
{
    char *text;

    if (hear == NULL)
        return;
    text = format_text_list(format, arguments);
    hear(current->context, text);
    free(text);
}

void listener_note(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    tell(current != NULL ? current->note : NULL, format, arguments);
    va_end(arguments);
}

void listener_detail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    tell(current != NULL ? current->detail : NULL, format, arguments);
    va_end(arguments);
}

void listener_expect(uint64_t bytes)
{
    expected = bytes;
    done = 0;
}

void listener_progress(uint64_t bytes)
{
    done += bytes;
    if (expected == 0 || current == NULL || current->progress == NULL)
        return;
    /* More than expected: a file has grown. */
    current->progress(current->context, done < expected ? done : expected, expected);
}
