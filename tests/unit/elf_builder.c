/* SPDX-License-Identifier: MIT */
#include "elf_builder.h"

#include <stdlib.h>
#include <string.h>

enum { CONTENTS_START = 0x4000, NOTE_START = 0x3000 };

static uint8_t note_bytes[0x1000];

void elf_builder_init(struct elf_builder *builder, uint64_t entry)
{
    memset(builder, 0, sizeof(*builder));
    memset(note_bytes, 0, sizeof(note_bytes));
    memcpy(builder->header.e_ident, ELFMAG, SELFMAG);
    builder->header.e_ident[EI_CLASS] = ELFCLASS64;
    builder->header.e_ident[EI_DATA] = ELFDATA2LSB;
    builder->header.e_ident[EI_VERSION] = EV_CURRENT;
    builder->header.e_type = ET_EXEC;
    builder->header.e_machine = EM_X86_64;
    builder->header.e_version = EV_CURRENT;
    builder->header.e_entry = entry;
    builder->header.e_ehsize = sizeof(Elf64_Ehdr);
    builder->header.e_phentsize = sizeof(Elf64_Phdr);
    builder->header.e_phoff = sizeof(Elf64_Ehdr);
    builder->end = CONTENTS_START;
}

Elf64_Phdr *elf_builder_add(struct elf_builder *builder, uint64_t address, uint64_t file_size,
                            uint64_t memory_size, uint32_t flags)
{
    Elf64_Phdr *segment = &builder->segments[builder->header.e_phnum++];

    builder->end += (address - builder->end) & 0xfff;
    *segment = (Elf64_Phdr){
        .p_type = PT_LOAD,
        .p_flags = flags,
        .p_offset = builder->end,
        .p_vaddr = address,
        .p_filesz = file_size,
        .p_memsz = memory_size,
        .p_align = 0x1000,
    };
    builder->end += file_size;
    return segment;
}

void elf_builder_add_note(struct elf_builder *builder, const void *note, uint64_t size)
{
    builder->segments[builder->header.e_phnum++] = (Elf64_Phdr){
        .p_type = PT_NOTE,
        .p_flags = PF_R,
        .p_offset = NOTE_START,
        .p_filesz = size,
        .p_memsz = size,
        .p_align = 8,
    };
    memcpy(note_bytes, note, size);
}

uint8_t elf_builder_byte(uint64_t offset)
{
    return (uint8_t)(offset * 7 + offset / 251 + 1);
}

void elf_builder_finish(struct elf_builder *builder)
{
    if (builder->end < CONTENTS_START)
        builder->end = CONTENTS_START;
    builder->size = builder->end;
    builder->bytes = malloc(builder->size);
    for (uint64_t i = 0; i < builder->size; i++)
        builder->bytes[i] = elf_builder_byte(i);
    memcpy(builder->bytes, &builder->header, sizeof(builder->header));
    memcpy(builder->bytes + sizeof(builder->header), builder->segments, sizeof(builder->segments));
    memcpy(builder->bytes + NOTE_START, note_bytes, sizeof(note_bytes));
}
