/* SPDX-License-Identifier: MIT */
/* Where the fault screen's text goes: the ports and the note, or what is on the screen. */
#pragma once

#include "console/screen.h"
#include "console/vga_text.h"
#include "handover/resident.h"

enum { SINKS_LINE_MAX = 160 };

struct sinks {
    bool has_ports;
    uint16_t serial_port;    /* 0: none */
    struct fault_note *note; /* NULL: none */
    enum screen_kind screen_kind;
    struct screen screen;
    struct vga_text text;
};

/* The debug console and the serial port, and the note for the next boot. */
struct sinks sinks_on_ports(struct resident *resident);

/* The screen, cleared: white on red. It takes memory that a kernel may have unmapped. */
struct sinks sinks_on_screen(const struct resident *resident);

/*
 * One line, with its line end; a longer one is cut. A screen that is full stays as it is, for what
 * was said first says most.
 */
__attribute__((format(printf, 2, 3))) void show(struct sinks *sinks, const char *format, ...);
