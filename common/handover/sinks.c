/* SPDX-License-Identifier: MIT */
#include "handover/sinks.h"

#include <stdarg.h>

#include "base/print.h"
#include "console/serial.h"
#include "cpu/cpu.h"

struct sinks sinks_on_ports(struct resident *resident)
{
    return (struct sinks){
        .has_ports = true,
        .serial_port = (uint16_t)resident->serial_port,
        .note = resident->note.number != 0 ? &resident->note : NULL,
    };
}

/* It would blink somewhere in the report (IBM VGA, CRT controller, cursor start register). */
static void hide_vga_cursor(void)
{
    cpu_out8(0x3d4, 0x0a);
    cpu_out8(0x3d5, 0x20);
}

struct sinks sinks_on_screen(const struct resident *resident)
{
    struct sinks sinks = {.screen_kind = resident->screen_kind};
    void *memory = (void *)(uintptr_t)resident->screen;

    if (sinks.screen_kind == SCREEN_IS_FRAMEBUFFER) {
        screen_start(&sinks.screen, &resident->framebuffer, memory);
        screen_set_colours(&sinks.screen, 0xffffff, 0x7f1d1d);
        screen_clear(&sinks.screen);
    } else if (sinks.screen_kind == SCREEN_IS_VGA_TEXT) {
        vga_text_start(&sinks.text, memory, VGA_TEXT_WHITE_ON_RED);
        hide_vga_cursor();
    }
    return sinks;
}

static void show_on_framebuffer(struct screen *screen, const char *line, size_t length)
{
    uint32_t rows = screen->columns > 0 ? (uint32_t)(length - 1) / screen->columns + 1 : 0;

    if (screen->row + rows < screen->rows)
        screen_write(screen, line, length);
    else
        screen->row = screen->rows; /* full: no shorter line goes where this one did not fit */
}

void show(struct sinks *sinks, const char *format, ...)
{
    char line[SINKS_LINE_MAX];
    va_list arguments;

    va_start(arguments, format);
    size_t length = print_text_list(line, sizeof(line), format, arguments);
    va_end(arguments);
    line[length - 1] = '\n'; /* also where a long name has been cut */
    if (sinks->note != NULL)
        fault_note_add(sinks->note, line, length);
    if (sinks->has_ports)
        debugcon_write(line, length);
    if (sinks->serial_port != 0)
        serial_write(sinks->serial_port, line, length);
    if (sinks->screen_kind == SCREEN_IS_FRAMEBUFFER)
        show_on_framebuffer(&sinks->screen, line, length);
    if (sinks->screen_kind == SCREEN_IS_VGA_TEXT)
        vga_text_write(&sinks->text, line, length);
}
