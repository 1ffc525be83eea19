/* SPDX-License-Identifier: MIT */
/* Sizes for people. */
#pragma once

#include <stdint.h>

struct size_text {
    char text[32]; /* "512 bytes", "64 KiB", "1.5 MiB" */
};

/* With one digit behind the point where it is needed, rounded to the nearest. */
struct size_text size_text(uint64_t bytes);

/* Not rounded, in the largest unit in which it is a whole number: "64 KiB", "1536 KiB". */
struct size_text exact_size_text(uint64_t bytes);
