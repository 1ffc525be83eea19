/* SPDX-License-Identifier: MIT */
/* What a fuzz target is made of. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* libFuzzer's entry point; replay.c calls it too. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A promise of the reader's header. A target stops where one is broken. */
#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition))                                                                          \
            __builtin_trap();                                                                      \
    } while (0)

/* A failure names one of the errors, in words that fit. */
static inline void expect_error(const struct error *error)
{
    char text[1024];

    EXPECT(error->code > ERROR_NONE && error->code < ERROR_COUNT);
    EXPECT(error_print(error, text, sizeof(text)) < sizeof(text) - 1);
}
