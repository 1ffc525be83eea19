/* SPDX-License-Identifier: MIT */
/* How fast the time stamp counter runs, without waiting to find out. */
#pragma once

#include <stdint.h>

struct tsc_clock {
    uint64_t hz;    /* so far; 0: unknown */
    uint16_t timer; /* port of ACPI's timer; 0: not needed, or not there */
    uint64_t last_tsc;
    uint32_t last_ticks;
};

/* Asks the processor, or the hypervisor, and else begins to measure by ACPI's timer. */
void tsc_clock_start(struct tsc_clock *clock, uint64_t rsdp);

/*
 * To be called now and then: what happens to lie between two calls is what is measured. The timer
 * goes round in 4.7 seconds. A piece of the boot that takes longer looks shorter by the timer, and
 * the counter faster; so the lowest frequency that was seen is the right one.
 */
void tsc_clock_sample(struct tsc_clock *clock);
