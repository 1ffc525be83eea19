/* SPDX-License-Identifier: MIT */
#include "console.h"

#include <stdbool.h>

#include "bios_call.h"
#include "console/serial.h"

static bool has_serial;

void console_start(void)
{
    debugcon_write("2", 1);
    has_serial = serial_start(SERIAL_COM1, SERIAL_SPEED_MAX);
}

static void put_on_screen(char character)
{
    struct bios_call call = {
        .interrupt = 0x10,
        .eax = 0x0e00 | (uint8_t)character,
        .ebx = 7, /* page 0; grey, where colours count */
    };

    bios_calls(&call, 1);
}

static void write(const char *text)
{
    size_t length = 0;

    while (text[length] != '\0')
        length++;
    debugcon_write(text, length);
    if (has_serial)
        has_serial = serial_write(SERIAL_COM1, text, length);
    for (; *text != '\0'; text++) {
        if (*text == '\n')
            put_on_screen('\r');
        put_on_screen(*text);
    }
}

static _Noreturn void stop(const char *remedy)
{
    write("\n  what to do: ");
    write(remedy);
    write("\n");
    for (;;)
        __asm__ volatile("sti; hlt");
}

void fail(const char *cause, const char *remedy)
{
    write("\nBowline: stage 2: ");
    write(cause);
    stop(remedy);
}

static void write_number(uint32_t number)
{
    char digits[9];

    for (int i = 0; i < 8; i++)
        digits[i] = "0123456789abcdef"[number >> (28 - 4 * i) & 15];
    digits[8] = '\0';
    write(digits);
}

void fail_with(const char *cause, uint32_t number, const char *remedy)
{
    write("\nBowline: stage 2: ");
    write(cause);
    write_number(number);
    stop(remedy);
}

void fail_with_two(const char *cause, uint32_t first, const char *more, uint32_t second,
                   const char *remedy)
{
    write("\nBowline: stage 2: ");
    write(cause);
    write_number(first);
    write(more);
    write_number(second);
    stop(remedy);
}
