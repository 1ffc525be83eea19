/* SPDX-License-Identifier: MIT */
/* What stage 2 needs of cpu/cpu.h, whose 64-bit implementation it cannot use. */
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
