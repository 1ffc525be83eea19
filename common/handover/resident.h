/* SPDX-License-Identifier: MIT */
/*
 * The resident part: the loader's code that still runs when the loader is gone. It makes the last
 * steps into the kernel, and shows the fault screen when the kernel faults before it has an IDT of
 * its own.
 *
 * It is linked on its own into a flat, position-independent binary (resident.bin), which the loader
 * carries along, copies into the loader area, and maps where the layout says: code read-only and
 * executable, data writable and not executable. resident.S and the loader share these structs.
 */
#pragma once

/* Offsets into struct resident, for resident.S; asserted below. */
#define RESIDENT_GDT_POINTER 0
#define RESIDENT_IDT_POINTER 16
#define RESIDENT_ROOT        32
#define RESIDENT_ENTRY       40
#define RESIDENT_STACK       48
#define RESIDENT_INFO        56

/* Segment selectors that the kernel starts with. */
#define SELECTOR_CODE 0x08
#define SELECTOR_DATA 0x10
#define SELECTOR_TSS  0x18

#define RESIDENT_VECTORS       256
#define RESIDENT_VECTOR_STRIDE 5 /* bytes from one vector's stub to the next: one call */

#define RESIDENT_STACKS     4 /* for faults, double faults, NMIs and machine checks */
#define RESIDENT_STACK_SIZE 8192

#ifndef __ASSEMBLER__

#include <bowline.h>

#include "console/font.h"
#include "format/elf.h"
#include "format/last_words.h"

/* The first bytes of resident.bin. All are offsets or sizes in bytes. */
struct resident_header {
    uint64_t data;  /* struct resident; what lies before it is code: whole pages */
    uint64_t size;  /* all of the loader area: whole pages, the last ones not in the binary */
    uint64_t enter; /* resident_enter() */
    uint64_t vectors;
    uint64_t stacks; /* the lowest one's lowest byte */
};

/* GDTR and IDTR (AMD64 manual, volume 2, 4.6.2): six unused bytes keep `base` aligned. */
struct table_pointer {
    uint16_t unused[3];
    uint16_t limit;
    uint64_t base;
};
_Static_assert(sizeof(struct table_pointer) == 16, "limit and base lie side by side");

/* AMD64 manual, volume 2, figure 4-24. */
struct interrupt_gate {
    uint16_t offset_low;
    uint16_t selector;
    uint8_t stack; /* index into the TSS's table, from 1 */
    uint8_t type;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
};
_Static_assert(sizeof(struct interrupt_gate) == 16, "AMD64 manual, volume 2, figure 4-24");

/* AMD64 manual, volume 2, figure 12-8. */
struct task_state {
    uint32_t reserved0;
    uint64_t privileged_stacks[3];
    uint64_t reserved1;
    uint64_t interrupt_stacks[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t io_map;
} __attribute__((packed));
_Static_assert(sizeof(struct task_state) == 104, "AMD64 manual, volume 2, figure 12-8");

/* A range of the kernel's address space that has a name. */
struct resident_area {
    uint64_t first, last; /* addresses of the first and of the last byte */
    char name[40];        /* what follows "the address lies in" */
};

enum {
    /* The kernel's segments and RELRO, what else the layout places, guard page, recursive table. */
    RESIDENT_AREAS_MAX = ELF_SEGMENTS_MAX + 16,
};

/* What is on the screen when the kernel starts. */
enum screen_kind { SCREEN_IS_UNKNOWN, SCREEN_IS_FRAMEBUFFER, SCREEN_IS_VGA_TEXT };

/* The writable part. The loader fills it in; nothing in it needs relocation. */
struct resident {
    struct table_pointer gdt_pointer;
    struct table_pointer idt_pointer;

    uint64_t root;  /* physical address of the kernel's page tables */
    uint64_t entry; /* what the kernel starts with */
    uint64_t stack;
    uint64_t info;

    uint64_t gdt[5]; /* null, code, data, TSS (two entries) */
    struct task_state tss __attribute__((aligned(8)));
    struct interrupt_gate idt[RESIDENT_VECTORS] __attribute__((aligned(16)));

    /* For the fault screen. */
    uint64_t serial_port;                     /* 0: none */
    uint64_t reports;                         /* faults that have been reported */
    uint64_t screen_kind;                     /* enum screen_kind */
    uint64_t screen;                          /* where its pixels or cells are mapped */
    uint8_t glyphs[FONT_GLYPHS][FONT_HEIGHT]; /* the loader's font */
    struct bowline_framebuffer framebuffer;   /* its size, pitch and colours count here */
    uint64_t stack_base;                      /* of the kernel; the guard page lies below */
    uint64_t stack_size;
    uint64_t symbols; /* struct elf_symbol[], and behind it the strings */
    uint64_t symbols_size;
    uint64_t strings_size;
    uint64_t slide; /* from a symbol's value to its address */
    uint64_t direct_map;
    uint64_t direct_map_size; /* 0: there is none */
    uint64_t area_count;
    struct resident_area areas[RESIDENT_AREAS_MAX]; /* where two overlap, the first one counts */
    struct fault_note note;
};

#define RESIDENT_OFFSET(field, offset)                                                             \
    _Static_assert(__builtin_offsetof(struct resident, field) == (offset), "resident.S")
RESIDENT_OFFSET(gdt_pointer, RESIDENT_GDT_POINTER);
RESIDENT_OFFSET(idt_pointer, RESIDENT_IDT_POINTER);
RESIDENT_OFFSET(root, RESIDENT_ROOT);
RESIDENT_OFFSET(entry, RESIDENT_ENTRY);
RESIDENT_OFFSET(stack, RESIDENT_STACK);
RESIDENT_OFFSET(info, RESIDENT_INFO);

_Static_assert(sizeof(struct resident_header) == 40, "CMakeLists.txt: START_SIZE");

/* resident.bin as the loader carries it: its header, and all of it packed (gzip). resident_blob.c,
 * made at build time. */
extern const uint8_t resident_start[];
extern const uint8_t resident_packed[];
extern const size_t resident_packed_size;

#endif
