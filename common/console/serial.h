/* SPDX-License-Identifier: MIT */
/* A 16550 UART by port I/O, and the debug console of QEMU and Bochs at port 0xe9. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SERIAL_COM1 = 0x3f8, SERIAL_SPEED_MAX = 115200 };

/*
 * Tests whether there is a UART (scratch register and loopback), and sets it to `speed` bits per
 * second, a divisor of SERIAL_SPEED_MAX, 8N1. False: there is none.
 */
bool serial_start(uint16_t port, uint32_t speed);

/*
 * '\n' becomes "\r\n" unless a '\r' stands before it in `text`. False when the port has stopped
 * taking bytes: after a bounded wait the rest is dropped, and there is no use in trying again.
 */
bool serial_write(uint16_t port, const char *text, size_t length);

/* Has a byte been received? */
bool serial_has_byte(uint16_t port);

/* That byte. */
uint8_t serial_read(uint16_t port);

/* The port of a debug console, and what it reads as. */
enum {
    DEBUGCON_PORT = 0xe9,
    DEBUGCON_IS_THERE = 0xe9,
    DEBUGCON_AND_DEBUGGER = 0xdb, /* in a machine of `mkimage run --gdb` */
};

/* Bytes as they are. Dropped where there is no debug console. */
void debugcon_write(const char *text, size_t length);

/* Is the machine one in which the kernel is not to start before a debugger says so? */
bool debugcon_has_debugger(void);
