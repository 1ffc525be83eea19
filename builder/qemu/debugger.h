/* SPDX-License-Identifier: MIT */
/*
 * mkimage run --gdb: the machine runs as far as the kernel's first instruction and stands there,
 * and the person at the terminal is told how gdb comes to it.
 *
 * Where the kernel comes to lie is for the loader to decide. It says so on the debug console, and
 * waits until a word of its memory changes; we set a breakpoint first. Meanwhile we are the
 * debugger that is connected to QEMU, so that no other one comes too early: it waits until we are
 * gone.
 */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "qemu/gdb_client.h"
#include "qemu/qemu.h"

struct debugger {
    const char *kernel;            /* its file; NULL: what is run is no kernel */
    struct machine_debugger lines; /* QEMU's; -1 once it has them */
    int port;                      /* that it listens at, on this machine alone */
    int debugcon;                  /* our end of the debug console; -1: closed */
    struct gdb_client client;
    bool is_connected;
    bool has_told; /* the person, whatever there was to tell */
    uint64_t deadline;
    char line[128]; /* what the loader says, as far as it has come */
    size_t length;
};

/* To begin; debugger_free() afterwards, whether it has failed or not. */
bool debugger_prepare(struct debugger *debugger, const char *kernel, struct error *error);

/* QEMU runs now: lets the machine go. */
void debugger_start(struct debugger *debugger);

/* To be waited for beside other things: the descriptor, or -1, and milliseconds, or -1. */
int debugger_descriptor(const struct debugger *debugger);
int debugger_timeout(const struct debugger *debugger);

/* The descriptor can be read, or the time is over, or neither. */
void debugger_hear(struct debugger *debugger);

void debugger_free(struct debugger *debugger);
