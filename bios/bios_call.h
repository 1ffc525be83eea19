/* SPDX-License-Identifier: MIT */
/*
 * Calls of BIOS services, from the C code of stage 2 (real mode) and of stage 3 (64-bit mode)
 * alike. The calls must lie below 1 MiB, and what their registers point to below 1 MiB too.
 */
#pragma once

/* Offsets into struct bios_call, for assembly; asserted below. */
#define BIOS_CALL_DS        32
#define BIOS_CALL_ES        34
#define BIOS_CALL_FLAGS     36
#define BIOS_CALL_INTERRUPT 38
#define BIOS_CALL_SIZE      40

#define BIOS_CARRY 1 /* in `flags`: how most services say that they failed */

#ifndef __ASSEMBLER__

#include <stdint.h>

/* Registers before a call and after it, in the order that pushal gives them in memory. */
struct bios_call {
    uint32_t edi, esi, ebp;
    uint32_t unused;
    uint32_t ebx, edx, ecx, eax;
    uint16_t ds, es;
    uint16_t flags;     /* after the call */
    uint16_t interrupt; /* or any other far pointer in segment 0, as FAR_POINTER_AT() names it */
};
_Static_assert(sizeof(struct bios_call) == BIOS_CALL_SIZE, "bios_call.inc");
_Static_assert(__builtin_offsetof(struct bios_call, ds) == BIOS_CALL_DS, "bios_call.inc");
_Static_assert(__builtin_offsetof(struct bios_call, es) == BIOS_CALL_ES, "bios_call.inc");
_Static_assert(__builtin_offsetof(struct bios_call, flags) == BIOS_CALL_FLAGS, "bios_call.inc");
_Static_assert(__builtin_offsetof(struct bios_call, interrupt) == BIOS_CALL_INTERRUPT,
               "bios_call.inc");

#define FAR_POINTER_AT(address) ((address) / 4)

/* Bytes 8 to 15 and 0 to 7 of a register: ah and al, bh and bl ... */
#define HIGH_BYTE(reg) ((uint8_t)((reg) >> 8))
#define LOW_BYTE(reg)  ((uint8_t)(reg))
#define LOW_WORD(reg)  ((uint16_t)(reg))

/*
 * Makes the calls in their order, with interrupts on, in one trip to real mode. Stops after the
 * first that returns with carry set. Returns how many came back without: `count` if all did.
 */
uint32_t bios_calls(struct bios_call *calls, uint32_t count);

#endif
