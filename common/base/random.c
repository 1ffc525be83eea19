/* SPDX-License-Identifier: MIT */
#include "base/random.h"

#include "base/string.h"

void random_stir(struct random *random, const void *bytes, size_t length)
{
    struct sha256 hash;

    sha256_start(&hash);
    sha256_add(&hash, random->pool, sizeof(random->pool));
    sha256_add(&hash, bytes, length);
    sha256_finish(&hash, random->pool);
}

void random_draw(struct random *random, void *bytes, size_t length)
{
    uint8_t *position = bytes;

    while (length > 0) {
        uint8_t block[SHA256_SIZE];
        size_t part = length < sizeof(block) ? length : sizeof(block);
        struct sha256 hash;

        sha256_start(&hash);
        sha256_add(&hash, random->pool, sizeof(random->pool));
        sha256_add(&hash, &random->drawn, sizeof(random->drawn));
        sha256_finish(&hash, block);
        random->drawn++;
        memcpy(position, block, part);
        position += part;
        length -= part;
    }
}

uint64_t random_below(struct random *random, uint64_t limit)
{
    uint64_t number;

    random_draw(random, &number, sizeof(number));
    return number % limit; /* limits are far below 2^64: the bias does not matter */
}
