/* SPDX-License-Identifier: MIT */
/* Makes ELF files out of nothing, good ones and bad ones. */
#pragma once

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

enum { BUILT_SEGMENTS_MAX = 130 };

struct elf_builder {
    Elf64_Ehdr header;
    Elf64_Phdr segments[BUILT_SEGMENTS_MAX];
    uint8_t *bytes; /* the file, after elf_builder_finish(); free() it */
    uint64_t size;
    uint64_t end; /* where the next segment's contents go */
};

/* An ET_EXEC for x86-64 without segments. */
void elf_builder_init(struct elf_builder *builder, uint64_t entry);

/* Adds a PT_LOAD whose file contents lie at the same place of a page as its address. */
Elf64_Phdr *elf_builder_add(struct elf_builder *builder, uint64_t address, uint64_t file_size,
                            uint64_t memory_size, uint32_t flags);

/* Adds a PT_NOTE with these bytes; to be called before elf_builder_finish(). */
void elf_builder_add_note(struct elf_builder *builder, const void *note, uint64_t size);

/* Writes headers and contents. Byte i of the file is elf_builder_byte(i), except for headers and
 * note. */
void elf_builder_finish(struct elf_builder *builder);
uint8_t elf_builder_byte(uint64_t offset);
