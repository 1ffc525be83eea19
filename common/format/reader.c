/* SPDX-License-Identifier: MIT */
#include "format/reader.h"

#include "base/string.h"

bool reader_read(struct reader *reader, uint64_t offset, uint64_t length, void *to,
                 struct error *error)
{
    uint64_t end;

    if (__builtin_add_overflow(offset, length, &end))
        end = UINT64_MAX;
    if (end > reader->size || end - offset != length)
        return FAIL(error, READ_BEYOND_END, end, reader->size);
    if (length == 0)
        return true;
    return reader->read(reader, offset, length, to, error);
}

void reader_close(struct reader *reader)
{
    if (reader->close != NULL)
        reader->close(reader);
}

static bool read_memory(struct reader *reader, uint64_t offset, uint64_t length, void *to,
                        struct error *error)
{
    const struct memory_reader *memory = (const struct memory_reader *)reader;

    (void)error;
    memcpy(to, memory->bytes + offset, length);
    return true;
}

void memory_reader_init(struct memory_reader *memory, const void *bytes, uint64_t size)
{
    *memory = (struct memory_reader){
        .reader = {.size = size, .read = read_memory},
        .bytes = bytes,
    };
}

static bool read_window(struct reader *reader, uint64_t offset, uint64_t length, void *to,
                        struct error *error)
{
    const struct window_reader *window = (const struct window_reader *)reader;
    uint64_t start;

    if (__builtin_add_overflow(window->start, offset, &start))
        return FAIL(error, READ_BEYOND_END, UINT64_MAX, window->whole->size);
    return reader_read(window->whole, start, length, to, error);
}

void window_reader_init(struct window_reader *window, struct reader *whole, uint64_t start,
                        uint64_t size)
{
    *window = (struct window_reader){
        .reader = {.size = size, .read = read_window},
        .whole = whole,
        .start = start,
    };
}
