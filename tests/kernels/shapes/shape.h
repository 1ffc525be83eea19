/* SPDX-License-Identifier: MIT */
/*
 * A kernel that looks at its own file, of which it asks the loader for a copy. Whatever linker and
 * linker script made, each page holds what the file says and allows what the file says.
 */
#pragma once

#include "../library/kernel.h"

/* System V gABI, chapters 4 and 5. Not the loader's own definitions: this is what judges it. */
struct file_header {
    uint8_t identification[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, segments, sections;
    uint32_t flags;
    uint16_t size, segment_size, segment_count, section_size, section_count, section_names;
};

struct segment {
    uint32_t type, flags;
    uint64_t offset, address, phys, file_size, memory_size, alignment;
};

struct section {
    uint32_t name, type;
    uint64_t flags, address, offset, size;
    uint32_t link, info;
    uint64_t alignment, entry_size;
};

enum {
    SEGMENT_LOAD = 1,
    SEGMENT_DYNAMIC = 2,
    SEGMENT_NOTE = 4,
    SEGMENT_TLS = 7,

    SEGMENT_EXECUTE = 1,
    SEGMENT_WRITE = 2,
    SEGMENT_READ = 4,

    SECTION_SYMBOLS = 2,
    SECTION_NOTE = 7,
};

struct shape {
    const struct bowline_info *boot;
    const uint8_t *file;
    const struct file_header *header;
    const struct segment *segments;
    const struct section *sections;
};

/*
 * promise() keeps the number in a variable, which would change what is looked at here: it is called
 * only where a check has failed.
 */
#define EXPECT(number, condition, ...)                                                             \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            promise(number);                                                                       \
            fail(__FILE__, __LINE__, __VA_ARGS__);                                                 \
        }                                                                                          \
    } while (0)

static inline bool is_loaded(const struct segment *segment)
{
    return segment->type == SEGMENT_LOAD && segment->memory_size > 0;
}

/* The last byte: the end may be 2^64. */
static inline uint64_t last_of(const struct segment *segment)
{
    return segment->address + (segment->memory_size - 1);
}

/* Fails unless memory is what the file says. */
void check_memory(const struct shape *shape);

/*
 * Each word of the command line without a "=" is a property that the file has to have: a test is
 * worth nothing if the linker has not made what it is about.
 */
void check_properties(const struct shape *shape);
