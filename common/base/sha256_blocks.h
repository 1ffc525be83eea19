/* SPDX-License-Identifier: MIT */
/* The compression of whole blocks, which sha256.c leaves to whoever does it fastest. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* FIPS 180-4, section 4.2.2. */
extern const uint32_t SHA256_CONSTANTS[64];

/* Section 6.2.2, for `count` blocks of SHA256_BLOCK_SIZE bytes. */
void sha256_add_blocks(uint32_t state[8], const uint8_t *blocks, size_t count);

/*
 * The same by the processor's own instructions; only where sha256_has_instructions() says so. They
 * use vector registers, which the caller must be allowed to change.
 */
void sha256_add_blocks_fast(uint32_t state[8], const uint8_t *blocks, size_t count);
bool sha256_has_instructions(void);
