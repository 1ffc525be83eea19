/* SPDX-License-Identifier: MIT */
/* Unpacking stage 3. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Unpacks an LZ4 block (LZ4 Block Format Description) that makes exactly `size` bytes at `to`. The
 * two do not overlap; the block has less than 16 MiB. False: it is damaged, or makes more or fewer
 * bytes; what is at `to` is undefined then. Whatever it contains, nothing is read but it and what
 * it has made, and nothing written but the `size` bytes.
 */
bool unpack(const uint8_t *block, size_t block_size, uint8_t *to, size_t size);

/*
 * The same from real mode, which does not reach that far: in start.S, which goes to protected mode
 * for it. Physical addresses.
 */
bool unpack_anywhere(uint32_t block, uint32_t block_size, uint32_t to, uint32_t size);
