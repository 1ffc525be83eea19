/* SPDX-License-Identifier: MIT */
/* The processor as the kernel's first instruction found it: entry.S saves it before anything else.
 */
#pragma once

#define ENTRY_RAX            0
#define ENTRY_RFLAGS         128
#define ENTRY_CR0            136
#define ENTRY_SELECTORS      184
#define ENTRY_GDT            248
#define ENTRY_IDT            264
#define ENTRY_MXCSR          280
#define ENTRY_FCW            284
#define ENTRY_RETURN_ADDRESS 288

#ifndef __ASSEMBLER__

#include <stdint.h>

#include "base/string.h"

struct entry_table {
    uint16_t limit;
    uint16_t base[4]; /* not aligned for 64 bits */
    uint16_t unused[3];
};

struct entry_state {
    uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t rflags;
    uint64_t cr0, cr2, cr3, cr4, cr8, dr7;
    uint64_t cs, ss, ds, es, fs, gs, tr, ldtr;
    struct entry_table gdt, idt;
    uint32_t mxcsr, fcw;
    uint64_t return_address;
};
_Static_assert(__builtin_offsetof(struct entry_state, rflags) == ENTRY_RFLAGS, "entry.S");
_Static_assert(__builtin_offsetof(struct entry_state, cr0) == ENTRY_CR0, "entry.S");
_Static_assert(__builtin_offsetof(struct entry_state, cs) == ENTRY_SELECTORS, "entry.S");
_Static_assert(__builtin_offsetof(struct entry_state, gdt) == ENTRY_GDT, "entry.S");
_Static_assert(__builtin_offsetof(struct entry_state, idt) == ENTRY_IDT, "entry.S");
_Static_assert(__builtin_offsetof(struct entry_state, mxcsr) == ENTRY_MXCSR, "entry.S");
_Static_assert(__builtin_offsetof(struct entry_state, fcw) == ENTRY_FCW, "entry.S");
_Static_assert(__builtin_offsetof(struct entry_state, return_address) == ENTRY_RETURN_ADDRESS,
               "entry.S");

extern struct entry_state entry_state;

/* Where the GDT or the IDT lies. */
static inline uint64_t base_of(const struct entry_table *table)
{
    uint64_t base;

    memcpy(&base, table->base, sizeof(base));
    return base;
}

static inline uint64_t read_msr(uint32_t msr)
{
    uint32_t low, high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return low | (uint64_t)high << 32;
}

#endif
