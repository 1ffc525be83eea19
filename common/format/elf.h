/* SPDX-License-Identifier: MIT */
/*
 * Reader of 64-bit ELF kernels (System V ABI, AMD64 supplement).
 *
 * Everything that the loader will rely on is checked here, so that what `mkimage check` accepts is
 * what boots: sizes and ends without overflow, canonical addresses, segments that neither overlap
 * nor share a page with clashing permissions, an entry point inside an executable segment.
 */
#pragma once

#include "format/reader.h"

enum {
    ELF_HEADERS_MAX = 128, /* program headers of one kernel, and of these: */
    ELF_SEGMENTS_MAX = 64, /* loadable segments */
    ELF_NOTES_MAX = 8,     /* note segments */

    ELF_EXECUTE = 1, /* segment flags, as in p_flags */
    ELF_WRITE = 2,
    ELF_READ = 4,
};

struct elf_segment {
    uint32_t index; /* of its program header, as `readelf -l` counts */
    uint32_t flags;
    uint64_t file_offset;
    uint64_t file_size;
    uint64_t address; /* virtual; address + memory_size may be 2^64, that is 0, and no more */
    uint64_t memory_size;
    uint64_t alignment; /* a power of two, at least 1 */
};

struct elf_note { /* a range of the file */
    uint64_t offset;
    uint64_t size;
};

struct elf_range { /* of link addresses; size 0: there is none */
    uint64_t address;
    uint64_t size;
};

struct elf_tls { /* the template for thread-local storage; memory_size 0: there is none */
    uint64_t address;
    uint64_t file_size;
    uint64_t memory_size;
    uint64_t alignment; /* a power of two, at least 1 */
};

struct elf_kernel {
    bool is_position_independent; /* ET_DYN: can lie elsewhere than where it was linked */
    uint64_t alignment;           /* the largest of its segments, at least a page */
    uint64_t entry;
    uint64_t low;  /* first address of the lowest segment, rounded down to a page */
    uint64_t span; /* bytes from `low` to the end of the highest segment, rounded up to a page */
    uint32_t segment_count;
    struct elf_segment segments[ELF_SEGMENTS_MAX]; /* ascending addresses, memory_size > 0 */

    struct elf_range dynamic; /* PT_DYNAMIC */
    struct elf_range relro;   /* PT_GNU_RELRO: read-only once it has been relocated */
    struct elf_tls tls;

    /* Where the kernel's request may be: every PT_NOTE, and the section header table. */
    uint32_t note_count;
    struct elf_note notes[ELF_NOTES_MAX];
    uint64_t section_headers; /* file offset; 0: none that can be used */
    uint32_t section_header_count;
};

static inline uint64_t elf_segment_last(const struct elf_segment *segment)
{
    return segment->address + (segment->memory_size - 1);
}

/* The segment that holds all of [address, address + size), or NULL. */
const struct elf_segment *elf_segment_at(const struct elf_kernel *kernel, uint64_t address,
                                         uint64_t size);

bool elf_read(struct reader *file, struct elf_kernel *out, struct error *error);
