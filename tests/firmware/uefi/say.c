/* SPDX-License-Identifier: MIT */
#include "odd.h"

static void out8(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static uint8_t in8(uint16_t port)
{
    uint8_t value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

/* The firmware has set the port up. */
void say(const char *text)
{
    enum { PORT = 0x3f8, STATUS = PORT + 5, CAN_TAKE = 1 << 5 };

    for (; *text != '\0'; text++) {
        while (!(in8(STATUS) & CAN_TAKE))
            continue;
        out8(PORT, (uint8_t)*text);
    }
}
