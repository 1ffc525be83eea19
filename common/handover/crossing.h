/* SPDX-License-Identifier: MIT */
/*
 * The crossing to page tables that the processor cannot go to directly: from four levels to five or
 * back, and from 32-bit mode to any.
 *
 * CR4.LA57 cannot change while the processor is in 64-bit mode (AMD64 manual, volume 2, 5.3.1). So
 * the way leads through 32-bit code without paging, where every address is physical: one page of
 * memory below 4 GiB, with this struct in front and a copy of crossing.S behind, and root tables
 * below 4 GiB, too. Who is in 32-bit mode already begins there.
 */
#pragma once

/* Offsets into struct crossing, for crossing.S; asserted below. */
#define CROSSING_GDT_POINTER 0
#define CROSSING_ROOT        16
#define CROSSING_RESIDENT    24
#define CROSSING_ENTER       32
#define CROSSING_TO_32_BIT   40
#define CROSSING_TO_64_BIT   48
#define CROSSING_CR4         56
#define CROSSING_CODE        96

/* Segment selectors on the way. */
#define CROSSING_SELECTOR_CODE_32 0x08
#define CROSSING_SELECTOR_DATA    0x10
#define CROSSING_SELECTOR_CODE_64 0x18

#ifndef __ASSEMBLER__

#include <stdint.h>

#include "handover/resident.h"

/* The operand of a far jump: a 32-bit offset and a selector. */
struct far_pointer {
    uint32_t offset;
    uint16_t selector;
    uint16_t unused;
};

struct crossing {
    struct table_pointer gdt_pointer;
    uint64_t root;     /* of the tables beyond: physical, below 4 GiB */
    uint64_t resident; /* what resident_enter() is called with, and where it lies */
    uint64_t enter;
    struct far_pointer to_32_bit;
    struct far_pointer to_64_bit;
    uint64_t cr4;
    uint64_t gdt[4]; /* null, 32-bit code, data, 64-bit code */
    uint8_t code[];
};

#define CROSSING_OFFSET(field, offset)                                                             \
    _Static_assert(__builtin_offsetof(struct crossing, field) == (offset), "crossing.S")
CROSSING_OFFSET(gdt_pointer, CROSSING_GDT_POINTER);
CROSSING_OFFSET(root, CROSSING_ROOT);
CROSSING_OFFSET(resident, CROSSING_RESIDENT);
CROSSING_OFFSET(enter, CROSSING_ENTER);
CROSSING_OFFSET(to_32_bit, CROSSING_TO_32_BIT);
CROSSING_OFFSET(to_64_bit, CROSSING_TO_64_BIT);
CROSSING_OFFSET(cr4, CROSSING_CR4);
CROSSING_OFFSET(code, CROSSING_CODE);

/*
 * crossing.S, to be copied to crossing.code. It is entered at its start, in 64-bit mode, on page
 * tables that map the page where it is; or at crossing_in_32_bit, in 32-bit mode, without paging,
 * with the address of struct crossing in ebx and its GDT loaded.
 */
extern const uint8_t crossing_code[], crossing_in_32_bit[], crossing_in_64_bit[],
    crossing_code_end[];

#endif
