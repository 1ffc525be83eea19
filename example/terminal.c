/* SPDX-License-Identifier: 0BSD */
#include "terminal.h"

#include <stdarg.h>
#include <stdbool.h>

#include "canvas.h"
#include "console/font.h"

enum { COM1 = 0x3f8, LINE_STATUS = COM1 + 5, CAN_TAKE = 1 << 5, NOTHING_THERE = 0xff };

static bool has_serial, has_screen;
static int column, row; /* of the panel, in characters */

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

/* The loader has set it to 115200 8N1 if it is there. */
void terminal_open_serial(void)
{
    has_serial = in8(LINE_STATUS) != NOTHING_THERE;
}

void terminal_open_screen(void)
{
    has_screen = true;
}

static void put_serial(char character)
{
    while ((in8(LINE_STATUS) & CAN_TAKE) == 0)
        continue;
    out8(COM1, (uint8_t)character);
}

/* What does not fit is on the serial port all the same: three dots in the last line say so. */
static void put_screen(char character)
{
    struct canvas_area panel = canvas_panel();
    int last_row = panel.height / FONT_HEIGHT - 1;

    if (character == '\n') {
        column = 0;
        row++;
        return;
    }
    int columns = row < last_row ? panel.width / FONT_WIDTH : row == last_row ? 3 : 0;
    if (column < columns)
        canvas_draw_character(panel.x + column * FONT_WIDTH, panel.y + row * FONT_HEIGHT, 1,
                              row < last_row ? character : '.', 0xd3e0ea);
    column++;
}

static void put(char character)
{
    if (has_serial && character == '\n')
        put_serial('\r');
    if (has_serial)
        put_serial(character);
    if (has_screen)
        put_screen(character);
}

static void put_number(uint64_t number, unsigned int base, int digits_min)
{
    char digits[20];
    int count = 0;

    do
        digits[count++] = "0123456789abcdef"[number % base];
    while ((number /= base) != 0 || count < digits_min);
    while (count > 0)
        put(digits[--count]);
}

void print(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    for (; *format != '\0'; format++) {
        if (*format != '%')
            put(*format);
        else if (*++format == 'u')
            put_number(va_arg(arguments, uint64_t), 10, 1);
        else if (*format == 'x')
            put_number(va_arg(arguments, uint64_t), 16, 12);
        else
            for (const char *text = va_arg(arguments, const char *); *text != '\0'; text++)
                put(*text);
    }
    va_end(arguments);
}
