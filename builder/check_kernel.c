/* SPDX-License-Identifier: MIT */
#include "check_kernel.h"

#include <stdio.h>

#include "base/print.h"
#include "base/units.h"
#include "report.h"

/* "rw-" */
static const char *access_text(unsigned access, char text[4])
{
    text[0] = access & ELF_READ ? 'r' : '-';
    text[1] = access & ELF_WRITE ? 'w' : '-';
    text[2] = access & ELF_EXECUTE ? 'x' : '-';
    text[3] = '\0';
    return text;
}

/* "64 KiB": exact, in the largest unit that is. */
static const char *size_text(uint64_t bytes, char text[24])
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;

    while (bytes > 0 && bytes % KIB == 0 && unit + 1 < COUNT_OF(units)) {
        bytes /= KIB;
        unit++;
    }
    print_text(text, 24, "%lu %s", (unsigned long)bytes, units[unit]);
    return text;
}

static void print_segments(const struct kernel_report *report)
{
    char access[4];

    if (report->segment_count == 0)
        return;
    puts("  segment  address             bytes in memory  in file     at file offset  access");
    for (size_t i = 0; i < report->segment_count; i++) {
        const struct kernel_segment *segment = &report->segments[i];

        printf("  %7u  0x%016lx  %#-15lx  %#-10lx  %#-14lx  %s", segment->elf.index,
               (unsigned long)segment->elf.address, (unsigned long)segment->elf.memory_size,
               (unsigned long)segment->elf.file_size, (unsigned long)segment->elf.file_offset,
               access_text(segment->elf.flags, access));
        printf("%s%s\n", segment->sections[0] != '\0' ? "     " : "", segment->sections);
    }
}

static void print_placement(const char *what, struct bowline_placement placement)
{
    if (placement.kind == BOWLINE_PLACE_AT)
        printf("  request  %s at 0x%016lx\n", what, (unsigned long)placement.address);
    else if (placement.kind == BOWLINE_PLACE_NONE)
        printf("  request  no %s\n", what);
}

static void print_flags(uint64_t flags)
{
    for (unsigned bit = 0; bit < 32; bit++) {
        const char *name = kernel_flag_name(UINT64_C(1) << bit);

        if (name == NULL)
            continue;
        if (flags & BOWLINE_REQUIRE(UINT64_C(1) << bit))
            printf("  request  %s: required\n", name);
        else if (flags & UINT64_C(1) << bit)
            printf("  request  %s: wished for\n", name);
    }
}

static void print_request(const struct bowline_request *request)
{
    if (request->stack_size != 0)
        printf("  request  stack of %lu bytes\n", (unsigned long)request->stack_size);
    if (request->framebuffer_width != 0 || request->framebuffer_height != 0)
        printf("  request  %lu x %lu pixels\n", (unsigned long)request->framebuffer_width,
               (unsigned long)request->framebuffer_height);
    if (request->framebuffer_min_width != 0 || request->framebuffer_min_height != 0)
        printf("  request  at least %lu x %lu pixels\n",
               (unsigned long)request->framebuffer_min_width,
               (unsigned long)request->framebuffer_min_height);
    print_flags(request->flags);
    print_placement("direct map", request->direct_map);
    print_placement("kernel", request->kernel_base);
    print_placement("stack", request->stack);
    print_placement("boot info", request->boot_info);
    print_placement("framebuffer", request->framebuffer);
    print_placement("modules", request->modules);
    if (request->dynamic_range_start != 0 || request->dynamic_range_end != 0)
        printf("  request  everything else from 0x%016lx to 0x%016lx\n",
               (unsigned long)request->dynamic_range_start,
               (unsigned long)request->dynamic_range_end);
}

static void print_relocations(const struct kernel_report *report)
{
    for (size_t i = 0; i < report->relocation_kinds; i++)
        printf("  relocations  %lu %s\n", (unsigned long)report->relocations[i].count,
               report->relocations[i].name);
}

static void print_area(const struct kernel_area *area)
{
    char access[4], size[24];

    printf("  0x%016lx  0x%016lx  %s     %-10s  %-9s  %s\n", (unsigned long)area->start,
           (unsigned long)(area->start + (area->size - 1)), access_text(area->access, access),
           size_text(area->size, size), kernel_choice_name(area->choice), area->name);
}

/* Where a draw may end, once for each alignment. */
static void print_draws(const struct kernel_plan *plan)
{
    char size[24];

    for (size_t i = 0; i < plan->area_count; i++) {
        const struct kernel_area *area = &plan->areas[i];
        bool is_known = area->alignment == 0;

        for (size_t j = 0; j < i && !is_known; j++)
            is_known = plan->areas[j].alignment == area->alignment;
        if (is_known)
            continue;
        printf("  random   drawn anew at each boot, in multiples of %s:",
               size_text(area->alignment, size));
        const char *separator = " ";
        for (size_t j = i; j < plan->area_count; j++) {
            const struct kernel_area *other = &plan->areas[j];

            if (other->alignment != area->alignment || other->kind == KERNEL_AREA_GUARD ||
                (j > i && other->kind == plan->areas[j - 1].kind))
                continue;
            printf("%s%s", separator, kernel_area_kind_name(other->kind));
            separator = ", ";
        }
        putchar('\n');
    }
}

/* Half of all slides go down. */
static void print_slide(const struct kernel_plan *plan)
{
    bool is_down = plan->slide >> 63;

    printf("  entered  at 0x%016lx, 0x%lx %s where it was linked\n", (unsigned long)plan->entry,
           (unsigned long)(is_down ? -plan->slide : plan->slide), is_down ? "below" : "above");
}

static void print_plan(const struct kernel_plan *plan)
{
    char size[24];

    if (!plan->is_made)
        return;
    printf("  plan     for a PC with %s", size_text(plan->memory, size));
    if (plan->screen_width != 0)
        printf(" and a screen of %lu x %lu", (unsigned long)plan->screen_width,
               (unsigned long)plan->screen_height);
    printf(", %u levels of page tables\n", plan->levels);
    puts("  first byte          last byte           access  size        chosen by  what");
    for (size_t i = 0; i < plan->area_count; i++)
        print_area(&plan->areas[i]);
    printf("  range    the loader chooses from 0x%016lx up to 0x%016lx\n",
           (unsigned long)plan->dynamic_start, (unsigned long)(plan->dynamic_end - 1));
    print_draws(plan);
    if (plan->slide != 0)
        print_slide(plan);
    printf("  memory   %s for the kernel", size_text(plan->kernel_memory, size));
    printf(", %s of the loader's until the kernel takes it\n",
           size_text(plan->loader_memory, size));
}

static void print_wasted(uint64_t bytes, const char *what)
{
    char size[24];

    if (bytes != 0)
        printf("  waste    %s %s\n", size_text(bytes, size), what);
}

static void print_waste(const struct kernel_waste *waste)
{
    print_wasted(waste->debug, "of debug sections in the file: mkimage leaves them out");
    print_wasted(waste->file_gaps, "of padding in the file");
    print_wasted(waste->memory_gaps, "of memory between segments");
    print_wasted(waste->zeros, "of zeros in the file, in whole pages");
    print_wasted(waste->ending_zeros, "of them at the end of writable segments: .bss would do");
}

static void print_warnings(const struct kernel_report *report)
{
    for (size_t i = 0; i < report->warning_count; i++) {
        const struct kernel_warning *warning = &report->warnings[i];

        printf("  warning  %s [%s]\n           what to do: %s\n", warning->text, warning->name,
               warning->remedy);
    }
}

/* Tests read this: a line that begins with "  cure: ", and what to write, indented by six. */
static void print_cures(const struct cure_list *cures)
{
    for (size_t i = 0; i < cures->count; i++) {
        const struct cure *cure = &cures->items[i];

        if (cure->place == CURE_REBUILD) {
            printf("  cure: %s: build or copy it again\n", cure_place_name(cure->place));
            continue;
        }
        printf("  cure: %s%s%s:\n      ", cure_place_name(cure->place),
               cure->where[0] != '\0' ? ", " : "", cure->where);
        for (const char *text = cure->text; *text != '\0'; text++) {
            putchar(*text);
            if (*text == '\n')
                fputs("      ", stdout);
        }
        putchar('\n');
    }
}

static void print_kernel(const char *path, const struct kernel_report *report)
{
    bool boots = report->error.code == ERROR_NONE;

    printf("%s: %s\n", path, boots ? "boots" : "would not boot");
    print_segments(report);
    if (boots || report->is_read)
        printf("  entry    0x%016lx\n", (unsigned long)report->entry);
    if (report->facts.has_request)
        print_request(&report->facts.request);
    if (boots) {
        print_relocations(report);
        print_plan(&report->plan);
        print_waste(&report->waste);
        print_warnings(report);
    }
    print_cures(&report->cures);
}

enum exit_status check_kernel(const char *path, struct host_file *file,
                              const struct kernel_report_options *options)
{
    static struct kernel_report report; /* large */
    struct error error = {0};

    if (!kernel_report_make(&file->reader, file->fd, options, &report, &error)) {
        error_in(&error, path);
        return report_error(&error);
    }
    print_kernel(path, &report);
    if (report.error.code == ERROR_NONE)
        return EXIT_DONE;
    fflush(stdout);
    error_in(&report.error, path);
    return report_error(&report.error);
}
