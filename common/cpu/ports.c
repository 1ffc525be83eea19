/* SPDX-License-Identifier: MIT */
/* What works in every mode of the processor: stage 2 of the BIOS chain has these too. */
#include "cpu/cpu.h"

void cpu_out8(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

uint8_t cpu_in8(uint16_t port)
{
    uint8_t value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

uint32_t cpu_in32(uint16_t port)
{
    uint32_t value;

    __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

/* In 16-bit code assemblers do not agree on how much a pushf without a suffix pushes. */
#define PUSH_OR_POP_FLAGS(instruction)                                                             \
    ".if %c[size] == 8\n\t" instruction "q\n\t.else\n\t" instruction "l\n\t.endif\n\t"

unsigned long cpu_hold_interrupts(void)
{
    unsigned long flags;

    __asm__ volatile(PUSH_OR_POP_FLAGS("pushf") "pop %[flags]\n\tcli"
                     : [flags] "=r"(flags)
                     : [size] "i"(sizeof(flags))
                     : "memory");
    return flags;
}

void cpu_release_interrupts(unsigned long held)
{
    __asm__ volatile("push %[held]\n\t" PUSH_OR_POP_FLAGS("popf")
                     :
                     : [held] "r"(held), [size] "i"(sizeof(held))
                     : "memory", "cc");
}
