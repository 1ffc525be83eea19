/* SPDX-License-Identifier: MIT */
#include "boot/entropy.h"

#include <stdint.h>

#include "cpu/cpu.h"
#include "firmware/entropy.h"

enum { WORDS = 8 }; /* 512 bits of each source */

/* Some processors return the same number for ever (AMD, before a microcode update): no source. */
static bool is_varied(const uint64_t words[WORDS])
{
    for (unsigned i = 1; i < WORDS; i++) {
        if (words[i] == words[i - 1])
            return false;
    }
    return true;
}

static bool stir_processor(struct random *random, bool (*draw)(uint64_t *))
{
    uint64_t words[WORDS];

    for (unsigned i = 0; i < WORDS; i++) {
        if (!draw(&words[i]))
            return false;
    }
    random_stir(random, words, sizeof(words));
    return is_varied(words);
}

bool entropy_gather(struct random *random)
{
    uint64_t words[WORDS];
    bool is_strong = stir_processor(random, cpu_random_seed);

    is_strong |= stir_processor(random, cpu_random);
    if (firmware_random(words, sizeof(words))) {
        random_stir(random, words, sizeof(words));
        is_strong = true;
    }
    words[0] = cpu_read_tsc();
    random_stir(random, words, sizeof(words[0]));
    return is_strong;
}
