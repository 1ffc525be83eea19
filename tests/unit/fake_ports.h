/* SPDX-License-Identifier: MIT */
/* cpu_out8() and cpu_in8() with a UART and a debug console behind them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fake_ports {
    bool has_uart;
    bool has_debugcon;
    bool has_debugger; /* behind the debug console */
    bool is_busy;      /* the transmitter never becomes free */
    bool has_no_loopback;
    bool has_reader;            /* somebody's timer takes what has been received, unless held */
    bool is_held;               /* interrupts are */
    uint32_t busy_looks;        /* times that the transmitter looks busy after each byte */
    uint32_t sends_until_stuck; /* then it becomes busy for ever; 0: never */

    char sent[64 * 1024];
    size_t sent_length;
    char debug[64 * 1024];
    size_t debug_length;
    uint64_t looks;    /* reads of the line status */
    uint32_t overruns; /* bytes written while it was busy */

    uint8_t scratch, line_control, modem_control, fifo_control, interrupts;
    uint16_t divisor;
    uint8_t received;
    bool has_received;
    uint32_t busy_left;
};

extern struct fake_ports ports;
