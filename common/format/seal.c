/* SPDX-License-Identifier: MIT */
#include "format/seal.h"

#include "base/crc32.h"
#include "base/string.h"

bool seal_check(const struct seal *seal, struct error *error)
{
    return (seal->magic == SEAL_MAGIC && seal->count <= SEAL_HASHES_MAX &&
            seal->crc32 == crc32(0, seal, __builtin_offsetof(struct seal, crc32))) ||
           FAIL(error, SEAL_DAMAGED, seal->magic, seal->count);
}

bool seal_take(const struct seal *seal, const uint8_t sha256[SHA256_SIZE], struct error *error)
{
    for (uint32_t i = 0; i < seal->count; i++)
        if (memcmp(seal->sha256[i], sha256, SHA256_SIZE) == 0)
            return true;
    return seal->count == 0 || FAIL(error, SEAL_DIFFERS, sha256_first_digits(sha256),
                                    sha256_first_digits(seal->sha256[0]));
}
