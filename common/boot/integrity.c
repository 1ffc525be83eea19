/* SPDX-License-Identifier: MIT */
#include "boot/integrity.h"

#include "base/string.h"
#include "base/units.h"
#include "console/log.h"
#include "firmware/memory.h"
#include "format/inflate.h"

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

static bool allocate(uint64_t size, struct frames *frames, enum frame_use use,
                     struct whole_file *out, struct error *error)
{
    *out = (struct whole_file){.size = size};
    return size == 0 || frames_allocate(frames, pages_for(size), PAGE_SIZE, use, &out->phys, error);
}

/* Where the file is; its last page is filled up. */
static void *memory_of(const struct whole_file *file)
{
    uint64_t end = align_up(file->size, PAGE_SIZE);
    uint8_t *memory = firmware_memory(file->phys, end);

    memset(memory + file->size, 0, end - file->size);
    return memory;
}

static bool read_whole(const struct expected_hash *expected, struct reader *file,
                       struct frames *frames, enum frame_use use, struct whole_file *out,
                       struct error *error)
{
    if (!allocate(file->size, frames, use, out, error))
        return false;
    void *memory = memory_of(out);
    return reader_read(file, 0, file->size, memory, error) &&
           integrity_check(expected, memory, file->size, error);
}

bool integrity_read(const struct expected_hash *expected, struct reader *file,
                    struct frames *frames, struct memory_reader *out, struct error *error)
{
    struct whole_file whole;

    if (!read_whole(expected, file, frames, FRAMES_TEMPORARY, &whole, error))
        return false;
    memory_reader_init(out, memory_of(&whole), whole.size);
    return true;
}

bool whole_file_read(const char *path, const struct expected_hash *expected, struct reader *file,
                     struct frames *frames, enum frame_use use, struct whole_file *out,
                     struct error *error)
{
    struct whole_file packed;
    uint32_t size;

    if (!gzip_is_named(path))
        return read_whole(expected, file, frames, use, out, error);
    if (!read_whole(expected, file, frames, FRAMES_TEMPORARY, &packed, error) ||
        !gzip_size(memory_of(&packed), packed.size, &size, error) ||
        !allocate(size, frames, use, out, error) ||
        !gzip_unpack(memory_of(&packed), packed.size, memory_of(out), error))
        return false;
    log_message(LOG_DETAIL, "%s unpacks to %u bytes", path, size);
    whole_file_release(&packed, frames);
    return true;
}

void whole_file_release(const struct whole_file *file, struct frames *frames)
{
    if (file->size > 0)
        frames_give_back(frames, file->phys, pages_for(file->size));
}
