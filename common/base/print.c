/* SPDX-License-Identifier: MIT */
#include "base/print.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/string.h"

struct output {
    char *buffer;
    size_t capacity; /* without the NUL */
    size_t length;
};

static void put(struct output *output, char character)
{
    if (output->length < output->capacity)
        output->buffer[output->length++] = character;
}

struct conversion {
    bool is_left;
    bool is_zero_padded;
    size_t width;
};

static void put_padded(struct output *output, const struct conversion *conversion, const char *text,
                       size_t length)
{
    size_t padding = conversion->width > length ? conversion->width - length : 0;

    if (!conversion->is_left)
        for (; padding > 0; padding--)
            put(output, conversion->is_zero_padded ? '0' : ' ');
    while (length-- > 0)
        put(output, *text++);
    for (; padding > 0; padding--)
        put(output, ' ');
}

static void put_number(struct output *output, const struct conversion *conversion, uint64_t value,
                       unsigned base, bool is_negative)
{
    struct conversion rest = *conversion;
    char digits[21];
    size_t start = sizeof(digits);

    do {
        digits[--start] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    if (is_negative && rest.is_zero_padded && !rest.is_left) {
        put(output, '-'); /* in front of the zeros */
        rest.width -= rest.width > 0;
    } else if (is_negative) {
        digits[--start] = '-';
    }
    put_padded(output, &rest, digits + start, sizeof(digits) - start);
}

size_t print_text_list(char *buffer, size_t capacity, const char *format, va_list arguments)
{
    struct output output = {.buffer = buffer, .capacity = capacity - 1};

    for (; *format != '\0'; format++) {
        struct conversion conversion = {0};
        size_t longs = 0;

        if (*format != '%') {
            put(&output, *format);
            continue;
        }
        format++;
        for (; *format == '-' || *format == '0'; format++) {
            conversion.is_left |= *format == '-';
            conversion.is_zero_padded |= *format == '0';
        }
        for (; *format >= '0' && *format <= '9'; format++)
            conversion.width = conversion.width * 10 + (size_t)(*format - '0');
        for (; *format == 'l' || *format == 'z'; format++)
            longs++;

        switch (*format) {
        case 's': {
            const char *text = va_arg(arguments, const char *);
            put_padded(&output, &conversion, text, strlen(text));
            break;
        }
        case 'c': {
            char character = (char)va_arg(arguments, int);
            put_padded(&output, &conversion, &character, 1);
            break;
        }
        case 'd': {
            int64_t value = longs > 1    ? va_arg(arguments, long long)
                            : longs == 1 ? va_arg(arguments, long)
                                         : va_arg(arguments, int);
            put_number(&output, &conversion, value < 0 ? -(uint64_t)value : (uint64_t)value, 10,
                       value < 0);
            break;
        }
        case 'u':
        case 'x': {
            uint64_t value = longs > 1    ? va_arg(arguments, unsigned long long)
                             : longs == 1 ? va_arg(arguments, unsigned long)
                                          : va_arg(arguments, unsigned);
            put_number(&output, &conversion, value, *format == 'x' ? 16 : 10, false);
            break;
        }
        case '\0':
            format--; /* a lone % at the end */
            break;
        default:
            put(&output, *format);
        }
    }
    output.buffer[output.length] = '\0';
    return output.length;
}

size_t print_text(char *buffer, size_t capacity, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    size_t length = print_text_list(buffer, capacity, format, arguments);
    va_end(arguments);
    return length;
}
