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

unsigned long cpu_hold_interrupts(void)
{
    unsigned long flags;

    __asm__ volatile("pushf; pop %0; cli" : "=r"(flags) : : "memory");
    return flags;
}

void cpu_release_interrupts(unsigned long held)
{
    __asm__ volatile("push %0; popf" : : "r"(held) : "memory", "cc");
}
