/* SPDX-License-Identifier: MIT */
/*
 * Random numbers from whatever there is: everything that is stirred in goes through SHA-256, so one
 * good source is enough, and bad ones do no harm.
 */
#pragma once

#include "base/sha256.h"

struct random {
    uint8_t pool[SHA256_SIZE]; /* all zero to begin with */
    uint64_t drawn;
};

void random_stir(struct random *random, const void *bytes, size_t length);

/* Fills `bytes`. What comes out tells nothing about the pool. */
void random_draw(struct random *random, void *bytes, size_t length);

/* A number from 0 to limit - 1; `limit` is not 0. */
uint64_t random_below(struct random *random, uint64_t limit);
