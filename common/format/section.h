/* SPDX-License-Identifier: MIT */
/* Section headers, for what a loader takes from them: notes and symbols. */
#pragma once

#include "format/elf.h"

struct elf_section { /* gABI: Elf64_Shdr */
    uint32_t name, type;
    uint64_t flags, address, offset, size;
    uint32_t link, info;
    uint64_t alignment, entry_size;
};
_Static_assert(sizeof(struct elf_section) == 64, "gABI: Elf64_Shdr");

enum { SECTION_TYPE_SYMBOLS = 2, SECTION_TYPE_NOTE = 7 };

/* Header `index`, below kernel->section_header_count. What it says is not checked. */
static inline bool elf_read_section(struct reader *file, const struct elf_kernel *kernel,
                                    uint32_t index, struct elf_section *out, struct error *error)
{
    return reader_read(file, kernel->section_headers + index * sizeof(*out), sizeof(*out), out,
                       error);
}
