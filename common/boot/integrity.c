/* SPDX-License-Identifier: MIT */
#include "boot/integrity.h"

#include "base/units.h"
#include "firmware/memory.h"

bool integrity_check(const struct expected_hash *expected, const void *bytes, uint64_t size,
                     struct error *error)
{
    uint8_t found[SHA256_SIZE];
    struct sha256 hash;

    if (!expected->is_known)
        return true;
    sha256_start(&hash);
    sha256_add(&hash, bytes, size);
    sha256_finish(&hash, found);
    return expected_hash_check(expected, found, error);
}

bool integrity_read(const struct expected_hash *expected, struct reader *file,
                    struct frames *frames, struct memory_reader *out, struct error *error)
{
    uint64_t size = file->size, phys;

    if (!frames_allocate(frames, pages_for(maximum(size, 1)), PAGE_SIZE, FRAMES_TEMPORARY, &phys,
                         error))
        return false;
    void *memory = firmware_memory(phys, size);
    if (!reader_read(file, 0, size, memory, error) ||
        !integrity_check(expected, memory, size, error))
        return false;
    memory_reader_init(out, memory, size);
    return true;
}
