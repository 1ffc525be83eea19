/* SPDX-License-Identifier: MIT */
#include "base/string.h"

#include <stdint.h>

/* The string instructions are microcoded for long runs on every x86-64, and the smallest code. */

void *memcpy(void *restrict to, const void *restrict from, size_t length)
{
    void *position = to;

    __asm__ volatile("rep movsb" : "+D"(position), "+S"(from), "+c"(length) : : "memory");
    return to;
}

void *memset(void *to, int byte, size_t length)
{
    void *position = to;

    __asm__ volatile("rep stosb" : "+D"(position), "+c"(length) : "a"(byte) : "memory");
    return to;
}

void *memmove(void *to, const void *from, size_t length)
{
    uint8_t *target = to;
    const uint8_t *source = from;

    if ((uintptr_t)to - (uintptr_t)from >= length)
        return memcpy(to, from, length);
    while (length-- > 0)
        target[length] = source[length];
    return to;
}

int memcmp(const void *a, const void *b, size_t length)
{
    const uint8_t *x = a, *y = b;

    for (size_t i = 0; i < length; i++) {
        if (x[i] != y[i])
            return x[i] - y[i];
    }
    return 0;
}

void *memchr(const void *bytes, int byte, size_t length)
{
    const uint8_t *position = bytes;

    for (; length > 0; length--, position++) {
        if (*position == (uint8_t)byte)
            return (void *)(uintptr_t)position;
    }
    return NULL;
}

size_t strlen(const char *text)
{
    size_t length = 0;

    while (text[length] != '\0')
        length++;
    return length;
}

int strcmp(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b)
        a++, b++;
    return (unsigned char)*a - (unsigned char)*b;
}
