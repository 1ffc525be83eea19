/* SPDX-License-Identifier: MIT */
#include "cpu/mode.h"

#include <stddef.h>

#include "cpu/cpu.h"

/* AMD64 manual, volume 2, 4.7.4. */
struct interrupt_gate_32 {
    uint16_t offset_low;
    uint16_t selector;
    uint8_t reserved;
    uint8_t type;
    uint16_t offset_high;
};
_Static_assert(sizeof(struct interrupt_gate_32) == 8, "AMD64 manual, volume 2, 4.7.4");

struct table_pointer mode_make_idt(const struct table_pointer *present, uint64_t handler)
{
    static struct interrupt_gate_32 idt[256];
    uint16_t code_segment;

    __asm__("mov %%cs, %0" : "=r"(code_segment));
    for (size_t vector = 0; vector < EXCEPTIONS; vector++)
        if ((vector + 1) * sizeof(idt[0]) <= present->limit + 1u)
            idt[vector] = ((const struct interrupt_gate_32 *)(uintptr_t)present->base)[vector];
    for (size_t vector = EXCEPTIONS; vector < 256; vector++)
        idt[vector] = (struct interrupt_gate_32){
            .offset_low = (uint16_t)handler,
            .selector = code_segment,
            .type = INTERRUPT_GATE,
            .offset_high = (uint16_t)(handler >> 16),
        };
    return (struct table_pointer){.limit = sizeof(idt) - 1, .base = (uintptr_t)idt};
}

/* If the firmware has page tables, they are none that a kernel could use. */
unsigned cpu_page_table_levels(void)
{
    return 0;
}
