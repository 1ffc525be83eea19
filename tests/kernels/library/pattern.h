/* SPDX-License-Identifier: MIT */
/*
 * Contents that anybody can check without having the file: byte n depends on n and on a name, and
 * on nothing else. A byte from another place, another file or another time shows at once.
 */
#pragma once

#include <stdint.h>

static inline uint64_t pattern_seed(const char *name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

    while (*name != '\0')
        hash = (hash ^ (uint8_t)*name++) * UINT64_C(0x100000001b3);
    return hash;
}

/* Bytes 8 * index to 8 * index + 7, little-endian: splitmix64. */
static inline uint64_t pattern_word(uint64_t seed, uint64_t index)
{
    uint64_t z = seed + index * UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static inline uint8_t pattern_byte(uint64_t seed, uint64_t offset)
{
    return (uint8_t)(pattern_word(seed, offset / 8) >> (offset % 8 * 8));
}
