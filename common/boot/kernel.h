/* SPDX-License-Identifier: MIT */
/* The kernel: from its file into memory, and from there into its address space. */
#pragma once

#include <bowline.h>

#include "boot/integrity.h"
#include "format/elf.h"
#include "memory/page_tables.h"

/* Contiguous memory that holds one or more segments; whole pages. */
struct kernel_block {
    uint64_t address; /* virtual, as linked */
    uint64_t phys;
    uint64_t length;
};

/* The symbol table in memory: the symbols, the strings, and a NUL. Size 0: there is none. */
struct kernel_symbols {
    uint64_t phys;
    uint64_t size; /* bytes, whole pages */
    uint64_t symbols_size;
    uint64_t strings_size;
};

struct kernel {
    struct elf_kernel elf;
    struct bowline_request request; /* all defaults for a kernel without one */
    uint32_t block_count;
    struct kernel_block blocks[ELF_SEGMENTS_MAX];
    struct kernel_symbols symbols;
    uint64_t file_copy; /* physical; 0: none was asked for */
    uint64_t file_size;
};

/*
 * Reads the headers and the request, then each segment straight to where it stays; or all of the
 * file first, when its hash has to be checked. Memory is taken as FRAMES_KERNEL. A kernel that
 * spans at most 1 GiB becomes one block.
 */
bool kernel_load(const char *path, const struct expected_hash *hash, struct frames *frames,
                 struct kernel *out, struct error *error);

/*
 * Relocates the kernel, in the memory it lies in, for an address space where it lies `slide` bytes
 * above where it was linked.
 */
bool kernel_relocate(const struct kernel *kernel, uint64_t slide, struct error *error);

/*
 * Maps each page with the permissions of its segments, `slide` bytes above where it was linked. A
 * page is read-only if every byte of a segment in it is RELRO.
 */
bool kernel_map(const struct kernel *kernel, uint64_t slide, struct page_tables *tables,
                struct error *error);
