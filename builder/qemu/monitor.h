/* SPDX-License-Identifier: MIT */
/* QEMU's machine protocol (QMP): one JSON object per line, over a socket. */
#pragma once

#include <stdint.h>

#include "qemu/verdict.h"

enum { MONITOR_LINE_MAX = 16 * 1024 }; /* the registers of one processor fit well */

/* Zero it and set `socket` to begin. */
struct monitor {
    int socket;
    char line[MONITOR_LINE_MAX];
    size_t length;
    bool has_greeted;
    bool is_answered; /* a reply has come since the last request */
    bool is_refused;  /* and it was an error */
    bool has_registers;
    uint64_t instruction_pointer, fault_address; /* RIP and CR2 of the first processor */
    enum shutdown shutdown;
};

/* Reads what has come. False: QEMU has closed the connection. */
bool monitor_read(struct monitor *monitor);

/* Requests. Their replies come by monitor_read(). */
void monitor_continue(struct monitor *monitor);
void monitor_ask_registers(struct monitor *monitor);
void monitor_ask_picture(struct monitor *monitor, const char *path, const char *format);
