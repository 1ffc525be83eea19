/* SPDX-License-Identifier: MIT */
#include "cpu/cpu.h"
#include "cpu/mode.h"

/* In place of an interrupt handler: whoever waits for the interrupt is gone. */
__attribute__((interrupt)) static void ignore_interrupt(void *frame)
{
    (void)frame;
}

void cpu_accept_interrupts(void)
{
    struct table_pointer present = {0}; /* 32-bit mode writes only half of the base */

    __asm__("sidt %0" : "=m"(present.limit), "+m"(present.base));

    const struct table_pointer own = mode_make_idt(&present, (uintptr_t)ignore_interrupt);

    /* Behind sti one instruction is still alone. */
    __asm__ volatile("lidt %[own]\n\t"
                     "sti\n\t"
                     "nop\n\t"
                     "nop\n\t"
                     "cli\n\t"
                     "lidt %[present]"
                     :
                     : [own] "m"(own.limit), "m"(own.base), [present] "m"(present.limit),
                       "m"(present.base)
                     : "memory");
}
