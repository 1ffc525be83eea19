/* SPDX-License-Identifier: 0BSD */
/* Text out, to the serial port and to the panel on the screen. */
#pragma once

void terminal_open_serial(void);
void terminal_open_screen(void);

/* %s: const char *, %u: uint64_t in decimal, %x: uint64_t as 12 hexadecimal digits or more. */
void print(const char *format, ...);
