/* SPDX-License-Identifier: MIT */
/* SHA-256 (FIPS 180-4), fed piece by piece. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHA256_SIZE = 32, SHA256_BLOCK_SIZE = 64 };

struct sha256 {
    uint32_t state[8];
    bool is_fast;    /* the processor has instructions for it */
    uint64_t length; /* bytes so far */
    uint8_t block[SHA256_BLOCK_SIZE];
};

void sha256_start(struct sha256 *hash);
void sha256_add(struct sha256 *hash, const void *bytes, size_t length);
/* Ends the hash; start again before adding more. */
void sha256_finish(struct sha256 *hash, uint8_t out[SHA256_SIZE]);

/* What a person compares: as the hash is written, from its beginning. */
uint64_t sha256_first_digits(const uint8_t sha256[SHA256_SIZE]);
