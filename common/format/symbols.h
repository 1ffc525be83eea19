/* SPDX-License-Identifier: MIT */
/* Finds a kernel's symbol table (gABI, "Symbol Table"), for the fault screen. */
#pragma once

#include "format/elf.h"

struct elf_symbol { /* gABI: Elf64_Sym */
    uint32_t name;  /* offset into the strings */
    uint8_t info;   /* binding << 4 | type */
    uint8_t other;
    uint16_t section;
    uint64_t value;
    uint64_t size;
};
_Static_assert(sizeof(struct elf_symbol) == 24, "gABI: Elf64_Sym");

enum { SYMBOL_NOTYPE = 0, SYMBOL_OBJECT = 1, SYMBOL_FUNCTION = 2 };
enum { SECTION_UNDEFINED = 0, SECTION_ABSOLUTE = 0xfff1 };

/* Where both tables lie in the file; both sizes 0: the kernel has no symbols that could be used. */
struct elf_symbols {
    uint64_t symbols; /* offset of struct elf_symbol[] */
    uint64_t symbols_size;
    uint64_t strings;
    uint64_t strings_size;
};

/* A kernel without a symbol table, or with a damaged one, is no error. */
bool symbols_find(struct reader *file, const struct elf_kernel *kernel, struct elf_symbols *out,
                  struct error *error);
