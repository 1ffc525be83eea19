/* SPDX-License-Identifier: MIT */
/* What mkimage check says of a kernel. inspect shows the same for machines, and as a picture. */
#include <stdio.h>
#include <stdlib.h>

#include "kernel/unpacked.h"
#include "show/check_parts.h"
#include "system/need.h"
#include "text/size_text.h"

/* ---- As a text ---- */

static void print_segments(FILE *to, const struct kernel_report *report)
{
    if (report->segment_count == 0)
        return;
    fputs("  segment  address             bytes in memory  in file     at file offset  access\n",
          to);
    for (size_t i = 0; i < report->segment_count; i++) {
        const struct kernel_segment *segment = &report->segments[i];

        fprintf(to, "  %7u  0x%016lx  %#-15lx  %#-10lx  %#-14lx  %s", segment->elf.index,
                (unsigned long)segment->elf.address, (unsigned long)segment->elf.memory_size,
                (unsigned long)segment->elf.file_size, (unsigned long)segment->elf.file_offset,
                access_text(segment->elf.flags).text);
        fprintf(to, "%s%s\n", segment->sections[0] != '\0' ? "     " : "", segment->sections);
    }
}

static void print_placement(FILE *to, const char *what, struct bowline_placement placement)
{
    if (placement.kind == BOWLINE_PLACE_AT)
        fprintf(to, "  request  %s at 0x%016lx\n", what, (unsigned long)placement.address);
    else if (placement.kind == BOWLINE_PLACE_NONE)
        fprintf(to, "  request  no %s\n", what);
}

static void print_flags(FILE *to, uint64_t flags)
{
    for (unsigned bit = 0; bit < 32; bit++) {
        const char *name = kernel_flag_name(UINT64_C(1) << bit);

        if (name == NULL)
            continue;
        if (flags & BOWLINE_REQUIRE(UINT64_C(1) << bit))
            fprintf(to, "  request  %s: required\n", name);
        else if (flags & UINT64_C(1) << bit)
            fprintf(to, "  request  %s: wished for\n", name);
    }
}

static void print_request(FILE *to, const struct bowline_request *request)
{
    if (request->stack_size != 0)
        fprintf(to, "  request  stack of %lu bytes\n", (unsigned long)request->stack_size);
    if (request->framebuffer_width != 0 || request->framebuffer_height != 0)
        fprintf(to, "  request  %lu x %lu pixels\n", (unsigned long)request->framebuffer_width,
                (unsigned long)request->framebuffer_height);
    if (request->framebuffer_min_width != 0 || request->framebuffer_min_height != 0)
        fprintf(to, "  request  at least %lu x %lu pixels\n",
                (unsigned long)request->framebuffer_min_width,
                (unsigned long)request->framebuffer_min_height);
    print_flags(to, request->flags);
    print_placement(to, "direct map", request->direct_map);
    print_placement(to, "kernel", request->kernel_base);
    print_placement(to, "stack", request->stack);
    print_placement(to, "boot info", request->boot_info);
    print_placement(to, "framebuffer", request->framebuffer);
    print_placement(to, "modules", request->modules);
    if (request->dynamic_range_start != 0 || request->dynamic_range_end != 0)
        fprintf(to, "  request  everything else from 0x%016lx to 0x%016lx\n",
                (unsigned long)request->dynamic_range_start,
                (unsigned long)request->dynamic_range_end);
}

static void print_relocations(FILE *to, const struct kernel_report *report)
{
    for (size_t i = 0; i < report->relocation_kinds; i++)
        fprintf(to, "  relocations  %lu %s\n", (unsigned long)report->relocations[i].count,
                report->relocations[i].name);
}

static void print_area(FILE *to, const struct kernel_area *area)
{
    fprintf(to, "  0x%016lx  0x%016lx  %s     %-10s  %-9s  %s\n", (unsigned long)area->start,
            (unsigned long)(area->start + (area->size - 1)), access_text(area->access).text,
            exact_size_text(area->size).text, kernel_choice_name(area->choice), area->name);
}

/* Where a draw may end, once for each alignment. */
static void print_draws(FILE *to, const struct kernel_plan *plan)
{
    for (size_t i = 0; i < plan->area_count; i++) {
        const struct kernel_area *area = &plan->areas[i];
        bool is_known = area->alignment == 0;

        for (size_t j = 0; j < i && !is_known; j++)
            is_known = plan->areas[j].alignment == area->alignment;
        if (is_known)
            continue;
        fprintf(to, "  random   drawn anew at each boot, in multiples of %s:",
                exact_size_text(area->alignment).text);
        const char *separator = " ";
        for (size_t j = i; j < plan->area_count; j++) {
            const struct kernel_area *other = &plan->areas[j];

            if (other->alignment != area->alignment || other->kind == KERNEL_AREA_GUARD ||
                (j > i && other->kind == plan->areas[j - 1].kind))
                continue;
            fprintf(to, "%s%s", separator, kernel_area_kind_name(other->kind));
            separator = ", ";
        }
        fputc('\n', to);
    }
}

/* Half of all slides go down. */
static void print_slide(FILE *to, const struct kernel_plan *plan)
{
    bool is_down = plan->slide >> 63;

    fprintf(to, "  entered  at 0x%016lx, 0x%lx %s where it was linked\n",
            (unsigned long)plan->entry, (unsigned long)(is_down ? -plan->slide : plan->slide),
            is_down ? "below" : "above");
}

static void print_plan(FILE *to, const struct kernel_plan *plan)
{
    if (!plan->is_made)
        return;
    fprintf(to, "  plan     for a PC with %s", exact_size_text(plan->memory).text);
    if (plan->screen_width != 0)
        fprintf(to, " and a screen of %lu x %lu", (unsigned long)plan->screen_width,
                (unsigned long)plan->screen_height);
    fprintf(to, ", %u levels of page tables\n", plan->levels);
    fputs("  first byte          last byte           access  size        chosen by  what\n", to);
    for (size_t i = 0; i < plan->area_count; i++)
        print_area(to, &plan->areas[i]);
    fprintf(to, "  range    the loader chooses from 0x%016lx up to 0x%016lx\n",
            (unsigned long)plan->dynamic_start, (unsigned long)(plan->dynamic_end - 1));
    print_draws(to, plan);
    if (plan->slide != 0)
        print_slide(to, plan);
    fprintf(to, "  memory   %s for the kernel", exact_size_text(plan->kernel_memory).text);
    fprintf(to, ", %s of the loader's until the kernel takes it\n",
            exact_size_text(plan->loader_memory).text);
}

static void print_wasted(FILE *to, uint64_t bytes, const char *what)
{
    if (bytes != 0)
        fprintf(to, "  waste    %s %s\n", exact_size_text(bytes).text, what);
}

static void print_waste(FILE *to, const struct kernel_waste *waste)
{
    print_wasted(to, waste->debug, "of debug sections in the file: mkimage leaves them out");
    print_wasted(to, waste->file_gaps, "of padding in the file");
    print_wasted(to, waste->memory_gaps, "of memory between segments");
    print_wasted(to, waste->zeros, "of zeros in the file, in whole pages");
    print_wasted(to, waste->ending_zeros, "of them at the end of writable segments: .bss would do");
}

static void print_warnings(FILE *to, const struct kernel_report *report)
{
    for (size_t i = 0; i < report->warning_count; i++) {
        const struct kernel_warning *warning = &report->warnings[i];

        fprintf(to, "  warning  %s [%s]\n           what to do: %s\n", warning->text, warning->name,
                warning->remedy);
    }
}

/* Tests read this: a line that begins with "  cure: ", and what to write, indented by six. */
static void print_cures(FILE *to, const struct cure_list *cures)
{
    for (size_t i = 0; i < cures->count; i++) {
        const struct cure *cure = &cures->items[i];

        if (cure->place == CURE_REBUILD) {
            fprintf(to, "  cure: %s: build or copy it again\n", cure_place_name(cure->place));
            continue;
        }
        fprintf(to, "  cure: %s%s%s:\n      ", cure_place_name(cure->place),
                cure->where[0] != '\0' ? ", " : "", cure->where);
        for (const char *text = cure->text; *text != '\0'; text++) {
            fputc(*text, to);
            if (*text == '\n')
                fputs("      ", to);
        }
        fputc('\n', to);
    }
}

static void print_kernel(FILE *to, const char *path, const struct kernel_report *report)
{
    bool boots = report->error.code == ERROR_NONE;

    fprintf(to, "%s: %s\n", path, boots ? "boots" : "would not boot");
    print_segments(to, report);
    if (boots || report->is_read)
        fprintf(to, "  entry    0x%016lx\n", (unsigned long)report->entry);
    if (report->facts.has_request)
        print_request(to, &report->facts.request);
    if (boots) {
        print_relocations(to, report);
        print_plan(to, &report->plan);
        print_waste(to, &report->waste);
        print_warnings(to, report);
    }
    print_cures(to, &report->cures);
}

/* ---- As findings ---- */

/*
 * Texts about a segment begin with its number, which is that of a program header: "segment 2 at
 * 0x1000 ...", "segments 1 and 2 ...". NULL: it is about something else.
 */
static const struct kernel_segment *segment_of(const struct kernel_report *report, const char *text)
{
    unsigned number;

    if (sscanf(text, "segment %u", &number) != 1 && sscanf(text, "segments %u", &number) != 1)
        return NULL;
    for (size_t i = 0; i < report->segment_count; i++)
        if (report->segments[i].elf.index == number)
            return &report->segments[i];
    return NULL;
}

/* Which part of the file the text is about. */
static struct mkimage_finding place_of(const struct kernel_report *report, const char *text,
                                       char where[32])
{
    const struct kernel_segment *segment = segment_of(report, text);

    where[0] = '\0';
    if (segment == NULL)
        return (struct mkimage_finding){.where = where};
    snprintf(where, 32, "segment %u", segment->elf.index);
    return (struct mkimage_finding){
        .where = where,
        .start = segment->elf.file_offset,
        .size = segment->elf.file_size,
    };
}

static void add_cures(const struct cure_list *cures, struct mkimage_finding *finding)
{
    if (cures->count == 0)
        return;
    finding->cures = need(calloc(cures->count, sizeof(finding->cures[0])));
    finding->cure_count = cures->count;
    for (size_t i = 0; i < cures->count; i++) {
        const struct cure *cure = &cures->items[i];

        finding->cures[i] = (struct mkimage_cure){
            .place = format_text("%s%s%s", cure_place_name(cure->place),
                                 cure->where[0] != '\0' ? ", " : "", cure->where),
            .text = copy_text(cure->text),
        };
    }
}

static void add_refusal(struct check *check, const struct kernel_report *report)
{
    char where[32], cause[1024];
    struct mkimage_finding finding;

    error_print_cause(&report->error, cause, sizeof(cause));
    finding = place_of(report, cause, where);
    finding.severity = MKIMAGE_ERROR;
    add_cures(&report->cures, check_add_error(check, &finding, &report->error,
                                              report->error.object[0] != '\0' ? report->error.object
                                                                              : check->path));
}

static void add_warning(struct check *check, const struct kernel_report *report,
                        const struct kernel_warning *warning)
{
    char where[32];
    struct mkimage_finding finding = place_of(report, warning->text, where);

    finding.severity = MKIMAGE_WARNING;
    finding.name = warning->name;
    finding.cause = warning->text;
    finding.remedy = warning->remedy;
    check_add(check, &finding, check->path);
}

bool check_kernel(struct check *check, struct host_file *file,
                  const struct kernel_report_options *options, struct error *error)
{
    static struct kernel_report report; /* large */
    struct unpacked kernel;

    if (!unpacked_open(check->path, &file->reader, file->fd, &kernel, error))
        return false;
    bool is_made = kernel_report_make(kernel.reader, kernel.fd, options, &report, error);
    unpacked_close(&kernel);
    if (!is_made)
        return false;
    print_kernel(check->report, check->path, &report);
    if (report.error.code != ERROR_NONE)
        add_refusal(check, &report);
    for (size_t i = 0; i < report.warning_count; i++)
        add_warning(check, &report, &report.warnings[i]);
    return true;
}
