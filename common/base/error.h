/* SPDX-License-Identifier: MIT */
/*
 * Errors are data until the top.
 *
 * A function that can fail returns bool and takes a `struct error *`. On failure it fills the
 * error and leaves its other out parameters untouched. The caller checks on its next line and
 * returns false, perhaps after naming the object. One printer, error_print(), turns the error into
 * the text that a person reads: the same in the loader and in mkimage.
 *
 * errors.def lists every error with its text; docs/errors.md explains each.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum error_code {
    ERROR_NONE = 0,
#define ERROR(code, name, cause, remedy) ERROR_##code,
#include "base/errors.def"
#undef ERROR
    ERROR_COUNT
};

struct error {
    enum error_code code;
    char object[128];    /* what it happened to: a path, a device; empty until somebody names it */
    char detail[96];     /* a second name or text, where the cause has a {s} */
    uint64_t numbers[4]; /* what the cause's {0} .. {3} stand for */
};

/* Both return false. */
bool error_set(struct error *error, enum error_code code, const uint64_t numbers[4]);
bool error_set_with(struct error *error, enum error_code code, const char *detail,
                    const uint64_t numbers[4]);

/* Shows the compiler that it is false, so that it can follow what is set on success. */
static inline bool error_is_set(bool set)
{
    (void)set;
    return false;
}

/* Fills *error and is false: return FAIL(error, ELF_TRUNCATED, needed, size); */
#define FAIL(error, code, ...)                                                                     \
    error_is_set(error_set((error), ERROR_##code, (const uint64_t[4]){__VA_ARGS__}))

/* The same with the text for {s}. */
#define FAIL_WITH(error, code, detail, ...)                                                        \
    error_is_set(error_set_with((error), ERROR_##code, (detail), (const uint64_t[4]){__VA_ARGS__}))

/* Names the object unless a caller further in, which knows better, has done so. Returns false. */
bool error_in(struct error *error, const char *object);

/* Stable name of the error, such as "elf-truncated": docs/errors.md lists it. */
const char *error_name(enum error_code code);

/* What to do about it. */
const char *error_remedy(enum error_code code);

/* Writes the cause alone, its placeholders filled in: always terminated. Returns its length. */
size_t error_print_cause(const struct error *error, char *buffer, size_t capacity);

/*
 * Writes "OBJECT: CAUSE [name]\n  what to do: REMEDY\n", always terminated, and returns its
 * length. 1024 bytes hold every message.
 */
size_t error_print(const struct error *error, char *buffer, size_t capacity);
