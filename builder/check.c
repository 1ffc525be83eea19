/* SPDX-License-Identifier: MIT */
/* mkimage check: would the loader boot this kernel, and what will it see? */
#include <fcntl.h>
#include <gelf.h>
#include <getopt.h>
#include <stdio.h>

#include "base/units.h"
#include "host_file.h"
#include "kernel_check.h"
#include "report.h"

static const char help[] =
    "usage: mkimage check KERNEL\n"
    "\n"
    "Says whether the loader would boot a kernel, with the reason if not: shows its segments (as\n"
    "readelf -l counts them), its entry point, and what it requests.\n"
    "\n"
    "Exit status: 0 it would boot, 1 it would not, 2 wrong usage.\n";

static void print_segments(int fd)
{
    Elf *elf = elf_version(EV_CURRENT) != EV_NONE ? elf_begin(fd, ELF_C_READ, NULL) : NULL;
    size_t count;

    if (elf == NULL || elf_kind(elf) != ELF_K_ELF || elf_getphdrnum(elf, &count) != 0) {
        elf_end(elf);
        return;
    }
    puts("  segment  address             bytes in memory  in file     at file offset  access");
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;

        if (gelf_getphdr(elf, (int)i, &segment) == NULL || segment.p_type != PT_LOAD)
            continue;
        printf("  %7zu  0x%016llx  %#-15llx  %#-10llx  %#-14llx  %c%c%c\n", i,
               (unsigned long long)segment.p_vaddr, (unsigned long long)segment.p_memsz,
               (unsigned long long)segment.p_filesz, (unsigned long long)segment.p_offset,
               segment.p_flags & PF_R ? 'r' : '-', segment.p_flags & PF_W ? 'w' : '-',
               segment.p_flags & PF_X ? 'x' : '-');
    }
    elf_end(elf);
}

static void print_placement(const char *what, struct bowline_placement placement)
{
    if (placement.kind == BOWLINE_PLACE_AT)
        printf("  request  %s at 0x%016llx\n", what, (unsigned long long)placement.address);
    else if (placement.kind == BOWLINE_PLACE_NONE)
        printf("  request  no %s\n", what);
}

static void print_flags(uint64_t flags)
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

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (flags & BOWLINE_REQUIRE(names[i].flag))
            printf("  request  %s: required\n", names[i].name);
        else if (flags & names[i].flag)
            printf("  request  %s: wished for\n", names[i].name);
    }
}

static void print_request(const struct bowline_request *request)
{
    if (request->stack_size != 0)
        printf("  request  stack of %llu bytes\n", (unsigned long long)request->stack_size);
    if (request->framebuffer_width != 0 || request->framebuffer_height != 0)
        printf("  request  %llu x %llu pixels\n", (unsigned long long)request->framebuffer_width,
               (unsigned long long)request->framebuffer_height);
    if (request->framebuffer_min_width != 0 || request->framebuffer_min_height != 0)
        printf("  request  at least %llu x %llu pixels\n",
               (unsigned long long)request->framebuffer_min_width,
               (unsigned long long)request->framebuffer_min_height);
    print_flags(request->flags);
    print_placement("direct map", request->direct_map);
    print_placement("kernel", request->kernel_base);
    print_placement("stack", request->stack);
    print_placement("boot info", request->boot_info);
    print_placement("framebuffer", request->framebuffer);
    print_placement("modules", request->modules);
    if (request->dynamic_range_start != 0 || request->dynamic_range_end != 0)
        printf("  request  everything else from 0x%016llx to 0x%016llx\n",
               (unsigned long long)request->dynamic_range_start,
               (unsigned long long)request->dynamic_range_end);
}

static enum exit_status check(const char *path)
{
    static struct kernel_facts facts; /* large */
    struct error error = {0};
    struct host_file file;
    bool boots;

    if (!host_file_open(path, &file, &error))
        return report_error(&error);
    boots = kernel_check(&file.reader, file.fd, &facts, &error);
    printf("%s: %s\n", path, boots ? "boots" : "would not boot");
    if (file.reader.size > 0)
        print_segments(file.fd);
    reader_close(&file.reader);
    if (!boots) {
        fflush(stdout);
        error_in(&error, path);
        return report_error(&error);
    }
    printf("  entry    0x%016llx\n", (unsigned long long)facts.elf.entry);
    if (facts.has_request)
        print_request(&facts.request);
    else
        report_note("%s has no BOWLINE_REQUEST(): it gets the defaults of bowline.h", path);
    return EXIT_DONE;
}

enum exit_status verb_check(int count, char **arguments)
{
    enum { OPTION_HELP = 0x100 };
    static const struct option options[] = {{"help", no_argument, NULL, OPTION_HELP},
                                            {NULL, 0, NULL, 0}};
    int option;

    optind = 0; /* start again, with what getopt remembers forgotten */
    opterr = 0;
    while ((option = getopt_long(count, arguments, ":", options, NULL)) != -1) {
        if (option != OPTION_HELP)
            return report_option("check", option, arguments);
        fputs(help, stdout);
        return EXIT_DONE;
    }
    if (optind + 1 != count)
        return usage_error("check", optind == count ? "which kernel?" : "one kernel at a time");
    return check(arguments[optind]);
}
