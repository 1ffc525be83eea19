/* SPDX-License-Identifier: MIT */
/* Writes and finds seals (format/seal.h). docs/sealing.md has the order: seal, checksums,
 * signature. */
#pragma once

#include "format/reader.h"
#include "format/seal.h"

/* One that takes what has one of these hashes; `count` up to SEAL_HASHES_MAX, 0: everything. */
void seal_make(const uint8_t (*hashes)[SHA256_SIZE], uint32_t count, struct seal *out);

/* Where in a UEFI application the seal lies. False: it has none. */
bool seal_find(const uint8_t *application, size_t size, size_t *offset);

/* Puts the seal into a UEFI application, and then the checksum. */
bool seal_application(const struct seal *seal, uint8_t *application, size_t size,
                      struct error *error);
