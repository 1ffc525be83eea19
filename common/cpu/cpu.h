/* SPDX-License-Identifier: MIT */
/*
 * The processor. The files beside this one are the real one for all loaders; the host has a
 * simulated one (builder/host/machine.c), so that unit tests can choose what it can do.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct cpuid {
    uint32_t eax, ebx, ecx, edx;
};

struct cpuid cpu_id(uint32_t leaf, uint32_t subleaf);
uint64_t cpu_read_msr(uint32_t msr);
void cpu_write_msr(uint32_t msr, uint64_t value);
uint64_t cpu_read_tsc(void);
void cpu_pause(void);
void cpu_out8(uint16_t port, uint8_t value);
uint8_t cpu_in8(uint16_t port);
uint32_t cpu_in32(uint16_t port);
void cpu_disable_interrupts(void);

/* Keeps interrupts away from here on; what it returns is for cpu_release_interrupts(). */
unsigned long cpu_hold_interrupts(void);

/* They are as they were. */
void cpu_release_interrupts(unsigned long held);

/*
 * Sets the interrupt flag for an instant, with nobody behind the vectors from 32 on: the interrupts
 * that wait come, and are to be acknowledged by the caller. At most one of each priority comes.
 * Those below, which would be taken for exceptions, the caller has held back.
 */
void cpu_accept_interrupts(void);

_Noreturn void cpu_halt(void); /* interrupts off, for ever */

/* Resets the machine through its chip set, or else its keyboard controller. */
_Noreturn void cpu_reset(void);

/* What the caches hold is in memory when it returns. */
void cpu_write_back_caches(void);

/* RDSEED and RDRAND. False: the processor has no such instruction, or it does not deliver. */
bool cpu_random_seed(uint64_t *out);
bool cpu_random(uint64_t *out);

/* What the loader wants to know about it. */
bool cpu_has_long_mode(void); /* 64-bit mode */
bool cpu_has_nx(void);
bool cpu_has_1gib_pages(void);
bool cpu_has_five_levels(void); /* of page tables: LA57 */
bool cpu_is_virtual(void);      /* a hypervisor or emulator says so */

/* How many levels the page tables have that are in use now: 4 or 5; 0: this is not 64-bit mode. */
unsigned cpu_page_table_levels(void);
