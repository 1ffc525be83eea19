/* SPDX-License-Identifier: MIT */
/* Sizes and roundings that everything else is expressed in. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

#define PAGE_SIZE UINT64_C(4096)

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* `alignment` is a power of two. align_up() wraps to 0 past 2^64: check sizes before rounding. */
static inline uint64_t align_down(uint64_t value, uint64_t alignment)
{
    return value & ~(alignment - 1);
}

static inline uint64_t align_up(uint64_t value, uint64_t alignment)
{
    return align_down(value + alignment - 1, alignment);
}

static inline bool is_aligned(uint64_t value, uint64_t alignment)
{
    return (value & (alignment - 1)) == 0;
}

static inline bool is_power_of_two(uint64_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

static inline uint64_t minimum(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static inline uint64_t maximum(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Page frames that hold `bytes`. Exact for every value. */
static inline uint64_t pages_for(uint64_t bytes)
{
    return bytes / PAGE_SIZE + (bytes % PAGE_SIZE != 0);
}
