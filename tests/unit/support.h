/* SPDX-License-Identifier: MIT */
/* What several unit tests need. Whatever fails here fails the test. */
#pragma once

#include "format/reader.h"
#include "unit.h"

/* Runs a shell command in the test's directory; it must succeed. */
__attribute__((format(printf, 1, 2))) void run(const char *format, ...);

/* A whole file in memory from malloc(). */
uint8_t *load_file(const char *path, uint64_t *size);
void save_file(const char *path, const void *bytes, uint64_t size);

/* The error is this one, and error_print() can say it. */
void assert_error(const struct error *error, enum error_code code);

/* A reader over memory that counts, and fails at read number `fail_at` (from 1) if that is not 0.
 */
struct watched_reader {
    struct reader reader;
    struct memory_reader memory;
    uint64_t reads;
    uint64_t bytes;
    uint64_t longest;
    uint64_t fail_at;
};

void watch(struct watched_reader *watched, const void *bytes, uint64_t size);

/* The same numbers on every machine. */
uint32_t next_random(uint32_t *state);
