/* SPDX-License-Identifier: MIT */
/* In place of sha256_fast.c where vector registers are not to be touched: in the loader. */
#include "base/sha256.h"
#include "base/sha256_blocks.h"

bool sha256_has_instructions(void)
{
    return false;
}

void sha256_add_blocks_fast(uint32_t state[8], const uint8_t *blocks, size_t count)
{
    sha256_add_blocks(state, blocks, count);
}
