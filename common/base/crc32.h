/* SPDX-License-Identifier: MIT */
/*
 * CRC-32 as in GPT, gzip and Ethernet (polynomial 0x04c11db7 reflected, all ones in and out).
 * Start with `crc` 0; pass the last result to go on where it ended.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

uint32_t crc32(uint32_t crc, const void *bytes, size_t length);
