/* SPDX-License-Identifier: MIT */
/*
 * Relocations of static position-independent kernels (System V ABI, AMD64 supplement, 4.4):
 * RELATIVE, RELR, 64, GLOB_DAT and JUMP_SLOT to symbols that are defined. Every other kind is an
 * error that names it.
 */
#pragma once

#include "format/elf.h"

/*
 * Access to the kernel's bytes at their link addresses. The caller of these has checked that the
 * range lies inside one segment.
 */
struct relocation_memory {
    bool (*read)(struct relocation_memory *memory, uint64_t address, uint64_t length, void *to,
                 struct error *error);
    /* NULL: nothing is written, the relocations are only checked. */
    void (*write)(struct relocation_memory *memory, uint64_t address, uint64_t value);
};

/*
 * Adds `slide` wherever a relocation asks for it; for a kernel without relocations nothing happens.
 * After a failure some may have been applied.
 */
bool relocations_apply(const struct elf_kernel *kernel, struct relocation_memory *memory,
                       uint64_t slide, struct error *error);

/* The same memory as it is in the file, for checking: what is not in the file reads as 0. */
struct relocation_file {
    struct relocation_memory memory;
    const struct elf_kernel *kernel;
    struct reader *file;
};

void relocation_file_init(struct relocation_file *access, const struct elf_kernel *kernel,
                          struct reader *file);
