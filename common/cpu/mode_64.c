/* SPDX-License-Identifier: MIT */
#include "cpu/mode.h"

#include <stddef.h>

#include "cpu/cpu.h"

struct table_pointer mode_make_idt(const struct table_pointer *present, uint64_t handler)
{
    static struct interrupt_gate idt[256];
    uint16_t code_segment;

    __asm__("mov %%cs, %0" : "=r"(code_segment));
    for (size_t vector = 0; vector < EXCEPTIONS; vector++)
        if ((vector + 1) * sizeof(idt[0]) <= present->limit + 1u)
            idt[vector] = ((const struct interrupt_gate *)present->base)[vector];
    for (size_t vector = EXCEPTIONS; vector < 256; vector++)
        idt[vector] = (struct interrupt_gate){
            .offset_low = (uint16_t)handler,
            .selector = code_segment,
            .type = INTERRUPT_GATE,
            .offset_middle = (uint16_t)(handler >> 16),
            .offset_high = (uint32_t)(handler >> 32),
        };
    return (struct table_pointer){.limit = sizeof(idt) - 1, .base = (uintptr_t)idt};
}

unsigned cpu_page_table_levels(void)
{
    const uint64_t CR4_LA57 = 1 << 12;
    uint64_t cr4;

    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    return (cr4 & CR4_LA57) != 0 ? 5 : 4;
}
