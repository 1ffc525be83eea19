/* SPDX-License-Identifier: MIT */
#include "format/boot_state.h"

#include "base/bytes.h"
#include "base/sha256.h"

uint64_t boot_state_name(const char *name, size_t length)
{
    uint8_t digest[SHA256_SIZE];
    struct sha256 hash;

    sha256_start(&hash);
    sha256_add(&hash, name, length);
    sha256_finish(&hash, digest);
    return load_le64(digest);
}
