/* SPDX-License-Identifier: MIT */
/*
 * The headers of an ELF file as they stand there, for reports on kernels that the loader may
 * refuse: nothing in them is checked beyond what reading them takes. What decides is format/elf.h.
 */
#pragma once

#include <elf.h>

#include "format/reader.h"

enum { KERNEL_FILE_SEGMENTS_MAX = 128 };

struct kernel_file {
    struct reader *reader;
    bool is_elf; /* 64-bit, little-endian; else all below is 0 */
    Elf64_Ehdr header;
    size_t program_count;
    Elf64_Phdr programs[KERNEL_FILE_SEGMENTS_MAX];
    size_t section_count; /* 0: none, or they do not lie in the file */
    Elf64_Shdr *sections;
    char *names; /* of sections, terminated; NULL: none */
    size_t names_size;
};

/* `reader` must outlive it; kernel_file_close() afterwards. False: it cannot be read. */
bool kernel_file_open(struct reader *reader, struct kernel_file *out, struct error *error);
void kernel_file_close(struct kernel_file *file);

/* "" where it has none. */
const char *kernel_file_section_name(const struct kernel_file *file, size_t index);

/*
 * Writes the names of the sections that lie in memory in [address, address + size), with spaces
 * between them; " ..." stands for those that `capacity` has no room for.
 */
void kernel_file_name_sections(const struct kernel_file *file, uint64_t address, uint64_t size,
                               char *text, size_t capacity);
