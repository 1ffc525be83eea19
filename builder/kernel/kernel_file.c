/* SPDX-License-Identifier: MIT */
#include "kernel/kernel_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/print.h"
#include "base/units.h"

static const uint64_t NAMES_MAX = 1 * MIB;

static bool is_in_file(const struct reader *reader, uint64_t offset, uint64_t size)
{
    return offset <= reader->size && size <= reader->size - offset;
}

static bool read_header(struct kernel_file *file, struct error *error)
{
    const unsigned char *identification = file->header.e_ident;

    if (file->reader->size < sizeof(file->header))
        return true;
    if (!reader_read(file->reader, 0, sizeof(file->header), &file->header, error))
        return false;
    file->is_elf = memcmp(identification, ELFMAG, SELFMAG) == 0 &&
                   identification[EI_CLASS] == ELFCLASS64 && identification[EI_DATA] == ELFDATA2LSB;
    return true;
}

static bool read_programs(struct kernel_file *file, struct error *error)
{
    size_t count = minimum(file->header.e_phnum, KERNEL_FILE_SEGMENTS_MAX);
    uint64_t size = count * sizeof(file->programs[0]);

    if (file->header.e_phentsize != sizeof(file->programs[0]) ||
        !is_in_file(file->reader, file->header.e_phoff, size))
        return true;
    file->program_count = count;
    return reader_read(file->reader, file->header.e_phoff, size, file->programs, error);
}

static bool read_names(struct kernel_file *file, struct error *error)
{
    size_t index = file->header.e_shstrndx;

    if (index >= file->section_count)
        return true;
    const Elf64_Shdr *section = &file->sections[index];
    if (section->sh_size > NAMES_MAX ||
        !is_in_file(file->reader, section->sh_offset, section->sh_size))
        return true;
    file->names = calloc(1, section->sh_size + 1);
    if (file->names == NULL)
        return FAIL(error, HOST_MEMORY);
    file->names_size = section->sh_size;
    return reader_read(file->reader, section->sh_offset, section->sh_size, file->names, error);
}

static bool read_sections(struct kernel_file *file, struct error *error)
{
    uint64_t size = (uint64_t)file->header.e_shnum * sizeof(file->sections[0]);

    if (size == 0 || file->header.e_shentsize != sizeof(file->sections[0]) ||
        !is_in_file(file->reader, file->header.e_shoff, size))
        return true;
    file->sections = malloc(size);
    if (file->sections == NULL)
        return FAIL(error, HOST_MEMORY);
    file->section_count = file->header.e_shnum;
    return reader_read(file->reader, file->header.e_shoff, size, file->sections, error) &&
           read_names(file, error);
}

bool kernel_file_open(struct reader *reader, struct kernel_file *out, struct error *error)
{
    *out = (struct kernel_file){.reader = reader};
    if (!read_header(out, error))
        return false;
    if (!out->is_elf) {
        out->header = (Elf64_Ehdr){.e_ident = {0}};
        return true;
    }
    if (read_programs(out, error) && read_sections(out, error))
        return true;
    kernel_file_close(out);
    return false;
}

void kernel_file_close(struct kernel_file *file)
{
    free(file->sections);
    free(file->names);
    *file = (struct kernel_file){0};
}

const char *kernel_file_section_name(const struct kernel_file *file, size_t index)
{
    uint32_t name = file->sections[index].sh_name;

    return name < file->names_size ? file->names + name : "";
}

void kernel_file_name_sections(const struct kernel_file *file, uint64_t address, uint64_t size,
                               char *text, size_t capacity)
{
    static const char more[] = " ...";
    size_t length = 0;

    text[0] = '\0';
    for (size_t i = 0; i < file->section_count; i++) {
        const Elf64_Shdr *section = &file->sections[i];
        const char *name = kernel_file_section_name(file, i);

        if (!(section->sh_flags & SHF_ALLOC) || section->sh_size == 0 || *name == '\0' ||
            section->sh_addr - address >= size)
            continue;
        if (length + strlen(name) + 1 + sizeof(more) > capacity) {
            print_text(text + length, capacity - length, "%s", more);
            return;
        }
        length += print_text(text + length, capacity - length, "%s%s", length > 0 ? " " : "", name);
    }
}
