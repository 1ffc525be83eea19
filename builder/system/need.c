/* SPDX-License-Identifier: MIT */
#include "system/need.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *need(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

char *copy_text(const char *text)
{
    return need(strdup(text));
}

char *format_text_list(const char *format, va_list arguments)
{
    char *text;

    if (vasprintf(&text, format, arguments) < 0)
        abort();
    return text;
}

char *format_text(const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    text = format_text_list(format, arguments);
    va_end(arguments);
    return text;
}
