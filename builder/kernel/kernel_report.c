/* SPDX-License-Identifier: MIT */
#include "kernel/kernel_report.h"

#include <string.h>

#include "base/units.h"
#include "format/symbols.h"
#include "kernel/kernel_parts.h"
#include "kernel/strip.h"

struct access_text access_text(unsigned access)
{
    return (struct access_text){{
        access & ELF_READ ? 'r' : '-',
        access & ELF_WRITE ? 'w' : '-',
        access & ELF_EXECUTE ? 'x' : '-',
        '\0',
    }};
}

const char *kernel_area_kind_name(enum kernel_area_kind kind)
{
    static const char *const names[] = {
        [KERNEL_AREA_KERNEL] = "kernel",
        [KERNEL_AREA_STACK] = "stack",
        [KERNEL_AREA_GUARD] = "guard",
        [KERNEL_AREA_BOOT_INFO] = "boot-info",
        [KERNEL_AREA_LOADER] = "loader",
        [KERNEL_AREA_FRAMEBUFFER] = "framebuffer",
        [KERNEL_AREA_MODULES] = "modules",
        [KERNEL_AREA_DIRECT_MAP] = "direct-map",
        [KERNEL_AREA_RECURSIVE] = "recursive-page-table",
        [KERNEL_AREA_FILE] = "file-copy",
    };

    return names[kind];
}

const char *kernel_choice_name(enum kernel_choice choice)
{
    static const char *const names[] = {
        [KERNEL_CHOICE_LINKED] = "linked",
        [KERNEL_CHOICE_REQUESTED] = "requested",
        [KERNEL_CHOICE_LOADER] = "loader",
        [KERNEL_CHOICE_RANDOM] = "random",
    };

    return names[choice];
}

const char *kernel_flag_name(uint64_t flag)
{
    static const struct {
        uint64_t flag;
        const char *name;
    } names[] = {
        {BOWLINE_WANT_FRAMEBUFFER, "framebuffer"},
        {BOWLINE_WANT_VGA_TEXT, "VGA text mode"},
        {BOWLINE_WANT_KASLR, "random addresses"},
        {BOWLINE_WANT_RECURSIVE_PAGE_TABLE, "recursive page table"},
        {BOWLINE_WANT_LA57, "five-level page tables"},
        {BOWLINE_WANT_SMP, "all processors"},
        {BOWLINE_WANT_FILE_COPY, "copy of the kernel's file"},
    };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (names[i].flag == flag)
            return names[i].name;
    return NULL;
}

/* Sections whose bytes lie in a segment of the file, by where they are in memory. */
static void list_segments(const struct kernel_file *file, struct kernel_report *report)
{
    for (size_t i = 0; i < file->program_count && report->segment_count < ELF_SEGMENTS_MAX; i++) {
        const Elf64_Phdr *program = &file->programs[i];
        struct kernel_segment *segment = &report->segments[report->segment_count];

        if (program->p_type != PT_LOAD)
            continue;
        segment->elf = (struct elf_segment){
            .index = (uint32_t)i,
            .flags = program->p_flags & (ELF_READ | ELF_WRITE | ELF_EXECUTE),
            .file_offset = program->p_offset,
            .file_size = program->p_filesz,
            .address = program->p_vaddr,
            .memory_size = program->p_memsz,
            .alignment = program->p_align,
        };
        kernel_file_name_sections(file, program->p_vaddr, program->p_memsz, segment->sections,
                                  sizeof(segment->sections));
        report->segment_count++;
    }
}

/* The name of the dynamic symbol that a relocation-symbol error is about. */
static bool name_symbol(const struct kernel_file *file, uint64_t number, char *name, size_t size)
{
    for (size_t i = 0; i < file->section_count; i++) {
        const Elf64_Shdr *section = &file->sections[i];
        struct elf_symbol symbol;
        struct error error;

        if (section->sh_type != SHT_DYNSYM || section->sh_link >= file->section_count)
            continue;
        const Elf64_Shdr *strings = &file->sections[section->sh_link];
        memset(name, 0, size);
        return number < section->sh_size / sizeof(symbol) &&
               reader_read(file->reader, section->sh_offset + number * sizeof(symbol),
                           sizeof(symbol), &symbol, &error) &&
               symbol.name < strings->sh_size &&
               reader_read(file->reader, strings->sh_offset + symbol.name,
                           minimum(strings->sh_size - symbol.name, size - 1), name, &error) &&
               name[0] != '\0';
    }
    return false;
}

static void find_cures(const struct kernel_file *file, struct kernel_report *report)
{
    const struct error *error = &report->error;
    char symbol[64];
    bool is_named = error->code == ERROR_RELOCATION_SYMBOL &&
                    name_symbol(file, error->numbers[2], symbol, sizeof(symbol));

    cures_find(error, is_named ? symbol : NULL, &report->cures);
}

/* Plans with what mkimage build would put into an image. */
static bool make_plan(const struct kernel_file *file, int fd,
                      const struct kernel_report_options *options, struct kernel_report *report,
                      struct error *error)
{
    static struct stripped stripped; /* large */

    if (fd < 0)
        return kernel_plan_make(file, file->reader, &report->facts, options, &report->plan, error);
    if (!strip_debug(fd, file->reader->size, &stripped, error))
        return false;
    bool is_made = kernel_plan_make(file, &stripped.content.reader, &report->facts, options,
                                    &report->plan, error);
    stripped_free(&stripped);
    return is_made;
}

/* What is worth knowing of a kernel that boots. */
static bool describe(const struct kernel_file *file, int fd,
                     const struct kernel_report_options *options, struct kernel_report *report,
                     struct error *error)
{
    const struct kernel_facts *facts = &report->facts;
    struct elf_symbols symbols;

    if (!symbols_find(file->reader, &facts->elf, &symbols, error) ||
        !kernel_relocations_count(file, facts, report, error) ||
        !kernel_waste_find(file, facts, &report->waste, error) ||
        !make_plan(file, fd, options, report, error))
        return false;
    report->has_symbols = symbols.symbols_size > 0;
    kernel_warnings_find(file, report);
    return true;
}

bool kernel_report_can_simulate(uint64_t memory)
{
    return memory >= 16 * MIB && memory <= 4096 * GIB && memory % MIB == 0;
}

/* Is it about the kernel, and not about reading it? */
static bool is_refusal(const struct error *error)
{
    struct cure_list cures;

    cures_find(error, NULL, &cures);
    return cures.count > 0;
}

bool kernel_report_make(struct reader *reader, int fd, const struct kernel_report_options *options,
                        struct kernel_report *out, struct error *error)
{
    struct kernel_file file;
    bool is_done = true;

    *out = (struct kernel_report){.file_size = reader->size};
    if (!kernel_file_open(reader, &file, error))
        return false;
    out->is_elf = file.is_elf;
    out->is_position_independent = file.header.e_type == ET_DYN;
    out->entry = file.header.e_entry;
    list_segments(&file, out);
    if (kernel_check(reader, fd, &out->facts, &out->error)) {
        out->is_read = true;
        is_done = describe(&file, fd, options, out, error);
    } else if (is_refusal(&out->error)) {
        out->is_read = out->facts.elf.segment_count > 0;
        find_cures(&file, out);
    } else {
        *error = out->error;
        is_done = false;
    }
    kernel_file_close(&file);
    return is_done;
}
