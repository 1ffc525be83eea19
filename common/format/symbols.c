/* SPDX-License-Identifier: MIT */
#include "format/symbols.h"

#include "format/section.h"

static bool is_in_file(const struct reader *file, const struct elf_section *section)
{
    return section->offset <= file->size && section->size <= file->size - section->offset;
}

bool symbols_find(struct reader *file, const struct elf_kernel *kernel, struct elf_symbols *out,
                  struct error *error)
{
    struct elf_symbols found = {0};

    for (uint32_t i = 0; i < kernel->section_header_count && found.symbols_size == 0; i++) {
        struct elf_section symbols, strings;

        if (!elf_read_section(file, kernel, i, &symbols, error))
            return false;
        if (symbols.type != SECTION_TYPE_SYMBOLS || symbols.link >= kernel->section_header_count)
            continue;
        if (!elf_read_section(file, kernel, symbols.link, &strings, error))
            return false;
        if (is_in_file(file, &symbols) && is_in_file(file, &strings) && strings.size > 0)
            found = (struct elf_symbols){
                .symbols = symbols.offset,
                .symbols_size = symbols.size - symbols.size % sizeof(struct elf_symbol),
                .strings = strings.offset,
                .strings_size = strings.size,
            };
    }
    *out = found;
    return true;
}
