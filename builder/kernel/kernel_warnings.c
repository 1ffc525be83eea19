/* SPDX-License-Identifier: MIT */
/* What boots, and yet may not be what its author wanted. */
#include <string.h>

#include "base/print.h"
#include "base/units.h"
#include "kernel/kernel_parts.h"

enum { GAPS_WORTH_A_WORD = 64 * 1024 };

/* Of memory in one piece there is less than memory. */
static const uint64_t LARGE_STACK = 16 * MIB;

__attribute__((format(printf, 4, 5))) static void
warn(struct kernel_report *report, const char *name, const char *remedy, const char *format, ...)
{
    struct kernel_warning *warning = &report->warnings[report->warning_count];
    va_list arguments;

    if (report->warning_count == KERNEL_WARNINGS_MAX)
        return;
    warning->name = name;
    warning->remedy = remedy;
    va_start(arguments, format);
    print_text_list(warning->text, sizeof(warning->text), format, arguments);
    va_end(arguments);
    report->warning_count++;
}

static unsigned long mib(uint64_t bytes)
{
    return (unsigned long)((bytes + MIB - 1) / MIB);
}

static bool asks(const struct bowline_request *request, uint64_t flag)
{
    return request->flags & (flag | BOWLINE_REQUIRE(flag));
}

/* Requests in notes of sections alone are lost with the section headers. */
static bool is_in_note_segment(const struct kernel_file *file, const struct elf_kernel *elf)
{
    for (size_t i = 0; i < file->section_count; i++) {
        const Elf64_Shdr *section = &file->sections[i];

        if (strcmp(kernel_file_section_name(file, i), ".note.bowline") != 0)
            continue;
        for (uint32_t note = 0; note < elf->note_count; note++)
            if (section->sh_offset >= elf->notes[note].offset &&
                section->sh_offset - elf->notes[note].offset < elf->notes[note].size)
                return true;
        return false;
    }
    return true;
}

static void warn_of_request(const struct kernel_file *file, struct kernel_report *report)
{
    const struct kernel_facts *facts = &report->facts;
    const struct bowline_request *request = &facts->request;

    if (!facts->has_request) {
        warn(report, "no-request",
             "state what it needs: BOWLINE_REQUEST(...); where it does, let the linker script keep "
             ".note.bowline: KEEP(*(.note.bowline))",
             "it has no BOWLINE_REQUEST(): it gets the defaults of bowline.h");
        return;
    }
    if (!is_in_note_segment(file, &facts->elf))
        warn(report, "request-in-section",
             "add to PHDRS: request PT_NOTE FLAGS(4); and put .note.bowline there: :constants "
             ":request",
             "its request is found by the section headers alone, and lost when they are stripped");
    if (asks(request, BOWLINE_WANT_KASLR) && !report->is_position_independent)
        warn(report, "kaslr-fixed", "link it as a position-independent executable: -static-pie",
             "it wants random addresses, but cannot be moved itself: everything else is");
    if (asks(request, BOWLINE_WANT_SMP))
        warn(report, "smp", "start the other processors in the kernel",
             "it wishes for all processors, which this loader does not start");
    if (request->stack_size > LARGE_STACK)
        warn(report, "large-stack", "request a small stack, and let the kernel map a larger one",
             "a stack of %lu MiB needs as much free memory in one piece", mib(request->stack_size));
    if (request->version >> 32 > BOWLINE_VERSION_MAJOR ||
        request->size > sizeof(struct bowline_request))
        warn(report, "newer-request", "use the newest mkimage",
             "its bowline.h is newer than this loader: what was added since is ignored");
}

/* Pages that segments share have the permissions of both. */
static void warn_of_shared_pages(struct kernel_report *report)
{
    const struct elf_kernel *elf = &report->facts.elf;

    for (uint32_t i = 1; i < elf->segment_count; i++) {
        const struct elf_segment *below = &elf->segments[i - 1], *above = &elf->segments[i];
        uint64_t page = align_down(above->address, PAGE_SIZE);
        unsigned both = below->flags | above->flags;

        if (align_down(elf_segment_last(below), PAGE_SIZE) != page || below->flags == above->flags)
            continue;
        warn(report, "shared-page", "put . = ALIGN(4096); between them in the linker script",
             "segments %u and %u share the page 0x%lx: %s there", below->index, above->index,
             (unsigned long)page,
             both & ELF_WRITE ? "constants can be written" : "constants can be executed");
    }
}

static void warn_of_file(const struct kernel_file *file, struct kernel_report *report)
{
    const struct elf_kernel *elf = &report->facts.elf;

    for (size_t i = 0; i < file->program_count; i++)
        if (file->programs[i].p_type == PT_INTERP)
            warn(report, "interpreter", "link it with --no-dynamic-linker (gcc: -static-pie)",
                 "it names a program interpreter, as programs of an operating system do: it is "
                 "ignored");
    if (elf->alignment > 2 * MIB)
        warn(report, "huge-alignment",
             "lower it: -z max-page-size=4096, or ALIGN() of its sections",
             "it is aligned to %lu MiB: where it can be moved, to few places", mib(elf->alignment));
    if (elf->alignment > PAGE_SIZE && report->waste.file_gaps >= GAPS_WORTH_A_WORD)
        warn(report, "padded-file", "link with -z max-page-size=4096",
             "%lu KiB of the file are padding, because segments are aligned to %lu KiB",
             (unsigned long)(report->waste.file_gaps / KIB), (unsigned long)(elf->alignment / KIB));
    if (!report->has_symbols)
        warn(report, "no-symbols", "leave .symtab in: strip --strip-debug, not --strip-all",
             "it has no symbol table: the fault screen shows addresses without names");
    if (report->waste.ending_zeros >= GAPS_WORTH_A_WORD)
        warn(report, "zeros", "let .bss be the last section, and initialise to 0 nothing but by it",
             "%lu KiB of zeros at the end of writable segments lie in the file",
             (unsigned long)(report->waste.ending_zeros / KIB));
}

static void warn_of_plan(struct kernel_report *report)
{
    if (!report->plan.is_made)
        warn(report, "no-plan", "give the machine more memory: mkimage check --memory 4G",
             "on a PC with %lu MiB the boot stops: %s", mib(report->plan.memory),
             report->plan.refusal);
}

void kernel_warnings_find(const struct kernel_file *file, struct kernel_report *report)
{
    warn_of_request(file, report);
    warn_of_shared_pages(report);
    warn_of_file(file, report);
    warn_of_plan(report);
}
