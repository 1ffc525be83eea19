/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include "base/error_texts.h"
#include "base/print.h"
#include "base/string.h"

bool error_set_with(struct error *error, enum error_code code, const char *detail,
                    const uint64_t numbers[4])
{
    error->code = code;
    error->object[0] = '\0';
    print_text(error->detail, sizeof(error->detail), "%s", detail);
    memcpy(error->numbers, numbers, sizeof(error->numbers));
    return false;
}

bool error_set(struct error *error, enum error_code code, const uint64_t numbers[4])
{
    return error_set_with(error, code, "", numbers);
}

bool error_in(struct error *error, const char *object)
{
    if (error->object[0] == '\0')
        print_text(error->object, sizeof(error->object), "%s", object);
    return false;
}

const char *error_name(enum error_code code)
{
    return error_texts(code).name;
}

const char *error_remedy(enum error_code code)
{
    return error_texts(code).remedy;
}

size_t error_print_cause(const struct error *error, char *buffer, size_t capacity)
{
    const char *cause = error_texts(error->code).cause;
    size_t length = 0;

    buffer[0] = '\0';
    while (*cause != '\0') {
        if (cause[0] != '{') {
            length += print_text(buffer + length, capacity - length, "%c", *cause++);
        } else if (cause[1] == 's') {
            length += print_text(buffer + length, capacity - length, "%s", error->detail);
            cause += 3;
        } else {
            unsigned long long number = error->numbers[(cause[1] - '0') & 3];
            bool is_hexadecimal = cause[2] == 'x';

            length += print_text(buffer + length, capacity - length,
                                 is_hexadecimal ? "0x%llx" : "%llu", number);
            cause += is_hexadecimal ? 4 : 3;
        }
    }
    return length;
}

size_t error_print(const struct error *error, char *buffer, size_t capacity)
{
    const struct error_texts texts = error_texts(error->code);
    size_t length = 0;

    if (error->object[0] != '\0')
        length += print_text(buffer, capacity, "%s: ", error->object);
    length += error_print_cause(error, buffer + length, capacity - length);
    length += print_text(buffer + length, capacity - length, " [%s]\n  what to do: %s\n",
                         texts.name, texts.remedy);
    return length;
}
