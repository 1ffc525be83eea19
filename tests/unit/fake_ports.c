/* SPDX-License-Identifier: MIT */
#include "fake_ports.h"

#include "cpu/cpu.h"
#include "unit.h"

struct fake_ports ports;

enum { UART = 0x3f8, DEBUGCON = 0xe9 };

static void write_data(uint8_t value)
{
    if (ports.modem_control & 0x10) {
        ports.received = value;
        ports.has_received = !ports.has_no_loopback && !(ports.has_reader && !ports.is_held);
        return;
    }
    if (ports.is_busy || ports.busy_left > 0) {
        ports.overruns++;
        return;
    }
    assert_true(ports.sent_length < sizeof(ports.sent));
    ports.sent[ports.sent_length++] = (char)value;
    ports.busy_left = ports.busy_looks;
    if (ports.sends_until_stuck > 0 && ports.sent_length == ports.sends_until_stuck)
        ports.is_busy = true;
}

static void write_uart(uint16_t reg, uint8_t value)
{
    bool is_divisor = ports.line_control & 0x80;

    switch (reg) {
    case 0:
        if (is_divisor)
            ports.divisor = (uint16_t)((ports.divisor & 0xff00) | value);
        else
            write_data(value);
        break;
    case 1:
        if (is_divisor)
            ports.divisor = (uint16_t)((ports.divisor & 0x00ff) | value << 8);
        else
            ports.interrupts = value;
        break;
    case 2:
        ports.fifo_control = value;
        break;
    case 3:
        ports.line_control = value;
        break;
    case 4:
        ports.modem_control = value;
        break;
    case 7:
        ports.scratch = value;
        break;
    default:
        fail_msg("register %u is read-only", reg);
    }
}

static uint8_t read_uart(uint16_t reg)
{
    bool is_free = !ports.is_busy && ports.busy_left == 0;

    switch (reg) {
    case 0:
        ports.has_received = false;
        return ports.received;
    case 5:
        ports.looks++;
        if (ports.busy_left > 0)
            ports.busy_left--;
        return (uint8_t)((is_free ? 0x60 : 0) | ports.has_received);
    case 7:
        return ports.scratch;
    default:
        return 0;
    }
}

unsigned long cpu_hold_interrupts(void)
{
    bool was_held = ports.is_held;

    ports.is_held = true;
    return was_held;
}

void cpu_release_interrupts(unsigned long held)
{
    ports.is_held = held != 0;
}

void cpu_out8(uint16_t port, uint8_t value)
{
    if (port == DEBUGCON) {
        assert_true(ports.has_debugcon && ports.debug_length < sizeof(ports.debug));
        ports.debug[ports.debug_length++] = (char)value;
    } else if (port >= UART && port < UART + 8) {
        if (ports.has_uart)
            write_uart((uint16_t)(port - UART), value);
    } else {
        fail_msg("nothing has business at port 0x%x", port);
    }
}

uint8_t cpu_in8(uint16_t port)
{
    if (port == DEBUGCON)
        return !ports.has_debugcon ? 0xff : ports.has_debugger ? 0xdb : DEBUGCON;
    if (port >= UART && port < UART + 8)
        return ports.has_uart ? read_uart((uint16_t)(port - UART)) : 0xff;
    fail_msg("nothing has business at port 0x%x", port);
    return 0;
}
