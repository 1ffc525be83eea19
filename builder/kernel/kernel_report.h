/* SPDX-License-Identifier: MIT */
/*
 * Everything that mkimage can tell about a kernel, as data: `mkimage check` prints it, `inspect`
 * draws it. What the loader refuses, its own readers refuse here (kernel_check.h). Where the loader
 * puts everything is found by booting: the loader's own core runs on a simulated PC
 * (host/machine.h), up to the jump into the kernel, and what it has mapped is read out of the page
 * tables that it has built.
 */
#pragma once

#include "kernel/cures.h"
#include "kernel/kernel_check.h"
#include "memory/layout.h"

enum {
    KERNEL_AREAS_MAX = 4 * ELF_SEGMENTS_MAX + 16,
    KERNEL_WARNINGS_MAX = 32,
    KERNEL_RELOCATION_KINDS = 6,
    KERNEL_SECTIONS_TEXT = 96,
};

/* A program header PT_LOAD as it stands in the file: also in a kernel that is refused. */
struct kernel_segment {
    struct elf_segment elf;
    char
        sections[KERNEL_SECTIONS_TEXT]; /* names, separated by spaces; "..." at the end: and more */
};

enum kernel_area_kind {
    KERNEL_AREA_KERNEL, /* pages of one or more segments */
    KERNEL_AREA_STACK,
    KERNEL_AREA_GUARD, /* not mapped, below the stack */
    KERNEL_AREA_BOOT_INFO,
    KERNEL_AREA_LOADER, /* its GDT, IDT, TSS and fault screen */
    KERNEL_AREA_FRAMEBUFFER,
    KERNEL_AREA_MODULES,
    KERNEL_AREA_DIRECT_MAP,
    KERNEL_AREA_RECURSIVE, /* the page tables themselves */
    KERNEL_AREA_FILE,      /* the copy of the kernel's file */
};

/* Who says where it lies. */
enum kernel_choice {
    KERNEL_CHOICE_LINKED,    /* the linker */
    KERNEL_CHOICE_REQUESTED, /* the kernel's request: BOWLINE_AT() */
    KERNEL_CHOICE_LOADER,    /* the loader, at the lowest free place of the dynamic range */
    KERNEL_CHOICE_RANDOM,    /* drawn anew at each boot from the dynamic range: this is one draw */
};

/* A range of the kernel's virtual address space. */
struct kernel_area {
    enum kernel_area_kind kind;
    enum kernel_choice choice;
    uint64_t start;
    uint64_t size;      /* bytes, whole pages; start + size may be 2^64, that is 0 */
    unsigned access;    /* ELF_READ, ELF_WRITE, ELF_EXECUTE; 0: not mapped */
    uint64_t alignment; /* what a draw is a multiple of; 0: it is not drawn */
    char name[KERNEL_SECTIONS_TEXT + 32]; /* "stack", "kernel: segment 2 (.data .bss)" */
};

/* What the loader does with the kernel on a PC with so much memory and this screen. */
struct kernel_plan {
    bool is_made;          /* false: the boot stops on that PC, `refusal` says why */
    char refusal[512];     /* as the loader says it */
    uint64_t memory;       /* of the simulated PC: bytes of RAM, */
    uint64_t screen_width; /* pixels; 0: no framebuffer was wanted */
    uint64_t screen_height;
    unsigned levels;        /* of page tables */
    uint64_t entry;         /* where the kernel is entered */
    uint64_t slide;         /* from where it was linked to where it lies, modulo 2^64 */
    uint64_t dynamic_start; /* where the loader may choose; end exclusive */
    uint64_t dynamic_end;
    uint64_t recursive_index; /* entry of the root table; 0: none */
    uint64_t kernel_memory;   /* bytes of RAM that are taken for the kernel, */
    uint64_t loader_memory;   /* and for page tables, stack, boot info, fault screen, symbols */
    size_t area_count;
    struct kernel_area areas[KERNEL_AREAS_MAX]; /* ascending addresses */
};

struct kernel_relocations {
    const char *name; /* "R_X86_64_RELATIVE"; "RELR": the same, packed */
    uint64_t count;
};

/* Bytes that do nothing for the kernel. All that cost nothing are 0. */
struct kernel_waste {
    uint64_t debug;        /* of debug sections, which mkimage leaves out of the image */
    uint64_t file_gaps;    /* between what segments and sections have in the file: alignment */
    uint64_t memory_gaps;  /* pages of RAM between segments that nothing lies in */
    uint64_t zeros;        /* in whole pages of zeros in the file, in segments */
    uint64_t ending_zeros; /* of these, at the end of a writable segment: .bss would do */
};

/* Texts are complete sentences without a full stop, in the style of errors.def. */
struct kernel_warning {
    const char *name; /* stable: "no-request" */
    char text[192];
    const char *remedy;
};

struct kernel_report {
    struct error error; /* why the loader would refuse it; ERROR_NONE: it boots */
    struct cure_list cures;

    uint64_t file_size;
    bool is_elf; /* the rest means something */
    bool is_position_independent;
    uint64_t entry;       /* as linked */
    size_t segment_count; /* in the order of the program headers; all, also of refused kernels */
    struct kernel_segment segments[ELF_SEGMENTS_MAX];

    bool is_read; /* the loader accepts its headers: `facts.elf` means something */
    struct kernel_facts facts;
    bool has_symbols; /* that the fault screen can use */
    size_t relocation_kinds;
    struct kernel_relocations relocations[KERNEL_RELOCATION_KINDS];
    struct kernel_waste waste;
    struct kernel_plan plan; /* only without error */

    size_t warning_count;
    struct kernel_warning warnings[KERNEL_WARNINGS_MAX];
};

/* Can a PC with so many bytes of RAM be simulated? */
bool kernel_report_can_simulate(uint64_t memory);

/* What the plan is made for; 0 everywhere: the defaults. */
struct kernel_report_options {
    uint64_t memory; /* bytes of RAM of the simulated PC, whole MiB from 16 MiB on; 0: 256 MiB */
    size_t module_count;
    const uint64_t *module_sizes; /* bytes; of modules only the sizes matter */
};

/*
 * A kernel that would not boot is no failure: `out` says so. False: the file cannot be read, or
 * this machine has no memory left. `fd` is the same file for libelf; -1: without its second
 * opinion. The report points into nothing else. It is large: not for a stack. Only one at a time in
 * a process, as the loader's core has one boot to do.
 */
bool kernel_report_make(struct reader *file, int fd, const struct kernel_report_options *options,
                        struct kernel_report *out, struct error *error);

struct access_text {
    char text[4]; /* "r-x" */
};

/* Of ELF_READ, ELF_WRITE, ELF_EXECUTE. */
struct access_text access_text(unsigned access);

/* "stack", "direct-map": of an area's kind, for machines to read. */
const char *kernel_area_kind_name(enum kernel_area_kind kind);

/* "linked", "requested", "loader", "random". */
const char *kernel_choice_name(enum kernel_choice choice);

/* Of one flag (a wish, not shifted by BOWLINE_REQUIRE), "framebuffer"; NULL: unknown. */
const char *kernel_flag_name(uint64_t flag);
