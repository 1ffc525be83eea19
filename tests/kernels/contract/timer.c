/* SPDX-License-Identifier: MIT */
/*
 * A kernel that knows no APIC: it gets the interrupts of the timer from the master PIC, through the
 * local APIC in virtual wire mode. Intel 8254 and 8259A data sheets.
 */
#include "contract.h"

enum {
    PIC_COMMAND = 0x20,
    PIC_MASK = 0x21,
    PIC_END_OF_INTERRUPT = 0x20,
    PIT_CHANNEL_0 = 0x40,
    PIT_COMMAND = 0x43,
    PIT_RATE_GENERATOR = 0x34, /* channel 0, low byte before high byte */
    PIT_DIVISOR = 11932,       /* 100 times a second */
    ALL_LINES = 0xff,
    TIMER_VECTOR = 0x20,
    TICKS = 3,
};

static volatile unsigned ticks;

__attribute__((interrupt)) static void tick(void *frame)
{
    (void)frame;
    ticks++;
    /* clang lets a handler call no function of the usual kind, inline or not. */
    __asm__ volatile("outb %b0, %1" : : "a"(PIC_END_OF_INTERRUPT), "N"(PIC_COMMAND));
}

/* The loader's table, as promised in the loader area, with one gate of the kernel's. */
static void set_gate(uint64_t handler)
{
    static uint64_t idt[256][2] __attribute__((aligned(16)));
    struct __attribute__((packed)) {
        uint16_t limit;
        const void *base;
    } pointer;

    __asm__("sidt %0" : "=m"(pointer));
    CHECK_EQUAL(pointer.limit, sizeof(idt) - 1);
    memcpy(idt, pointer.base, sizeof(idt));
    idt[TIMER_VECTOR][0] =
        (handler & 0xffff) | 0x08 << 16 | UINT64_C(0x8e00) << 32 | (handler >> 16 & 0xffff) << 48;
    idt[TIMER_VECTOR][1] = handler >> 32;
    pointer.base = idt;
    __asm__ volatile("lidt %0" : : "m"(pointer) : "memory");
}

void check_timer(void)
{
    set_gate((uint64_t)tick);
    out8(PIT_COMMAND, PIT_RATE_GENERATOR);
    out8(PIT_CHANNEL_0, PIT_DIVISOR & 0xff);
    out8(PIT_CHANNEL_0, PIT_DIVISOR >> 8);
    out8(PIC_MASK, ALL_LINES & ~1);
    __asm__ volatile("sti");
    while (ticks < TICKS) /* the limit is that of the test */
        __asm__ volatile("pause");
    __asm__ volatile("cli");
    out8(PIC_MASK, ALL_LINES);
}
