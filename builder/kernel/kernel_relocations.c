/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/units.h"
#include "format/relocation.h"
#include "kernel/kernel_parts.h"

static const char *const type_names[] = {
    [R_X86_64_NONE] = "R_X86_64_NONE",         [R_X86_64_64] = "R_X86_64_64",
    [R_X86_64_GLOB_DAT] = "R_X86_64_GLOB_DAT", [R_X86_64_JUMP_SLOT] = "R_X86_64_JUMP_SLOT",
    [R_X86_64_RELATIVE] = "R_X86_64_RELATIVE",
};

static void count(struct kernel_report *report, const char *name)
{
    struct kernel_relocations *kinds = report->relocations;
    size_t i = 0;

    while (i < report->relocation_kinds && strcmp(kinds[i].name, name) != 0)
        i++;
    if (i == KERNEL_RELOCATION_KINDS)
        return;
    if (i == report->relocation_kinds)
        kinds[report->relocation_kinds++] = (struct kernel_relocations){name, 0};
    kinds[i].count++;
}

struct tables {
    struct relocation_file access;
    uint64_t rela, rela_size;
    uint64_t plt, plt_size;
    uint64_t relr, relr_size;
};

static bool read_at(struct tables *tables, uint64_t address, size_t size, void *to,
                    struct error *error)
{
    return tables->access.memory.read(&tables->access.memory, address, size, to, error);
}

static bool find_tables(const struct kernel_facts *facts, struct tables *tables,
                        struct error *error)
{
    const struct elf_range *dynamic = &facts->elf.dynamic;
    Elf64_Dyn entry;

    for (uint64_t i = 0; i + sizeof(entry) <= dynamic->size; i += sizeof(entry)) {
        if (!read_at(tables, dynamic->address + i, sizeof(entry), &entry, error))
            return false;
        switch (entry.d_tag) {
        case DT_NULL:
            return true;
        case DT_RELA:
            tables->rela = entry.d_un.d_ptr;
            break;
        case DT_RELASZ:
            tables->rela_size = entry.d_un.d_val;
            break;
        case DT_JMPREL:
            tables->plt = entry.d_un.d_ptr;
            break;
        case DT_PLTRELSZ:
            tables->plt_size = entry.d_un.d_val;
            break;
        case 36: /* DT_RELR, which older <elf.h> do not have, and DT_RELRSZ */
            tables->relr = entry.d_un.d_ptr;
            break;
        case 35:
            tables->relr_size = entry.d_un.d_val;
            break;
        }
    }
    return true;
}

static bool count_rela(struct tables *tables, uint64_t table, uint64_t size,
                       struct kernel_report *report, struct error *error)
{
    for (uint64_t i = 0; i < size; i += sizeof(Elf64_Rela)) {
        Elf64_Rela relocation;

        if (!read_at(tables, table + i, sizeof(relocation), &relocation, error))
            return false;
        uint64_t type = ELF64_R_TYPE(relocation.r_info);
        if (type < COUNT_OF(type_names) && type_names[type] != NULL)
            count(report, type_names[type]);
    }
    return true;
}

/* An even word is one place, each bit but the lowest of an odd one another. */
static bool count_relr(struct tables *tables, struct kernel_report *report, struct error *error)
{
    for (uint64_t i = 0; i < tables->relr_size; i += sizeof(uint64_t)) {
        uint64_t word;

        if (!read_at(tables, tables->relr + i, sizeof(word), &word, error))
            return false;
        int places = word % 2 == 0 ? 1 : __builtin_popcountll(word) - 1;
        for (; places > 0; places--)
            count(report, "RELR");
    }
    return true;
}

bool kernel_relocations_count(const struct kernel_file *file, const struct kernel_facts *facts,
                              struct kernel_report *out, struct error *error)
{
    struct tables tables = {.rela = 0};

    relocation_file_init(&tables.access, &facts->elf, file->reader);
    return find_tables(facts, &tables, error) &&
           count_rela(&tables, tables.rela, tables.rela_size, out, error) &&
           count_rela(&tables, tables.plt, tables.plt_size, out, error) &&
           count_relr(&tables, out, error);
}
