/* SPDX-License-Identifier: MIT */
#include "console/serial.h"

#include "cpu/cpu.h"

/* Registers of a 16550 (National Semiconductor, PC16550D, section 8). */
enum {
    DATA = 0,         /* with DIVISOR_LATCH: low byte of the divisor */
    INTERRUPTS = 1,   /* with DIVISOR_LATCH: high byte of the divisor */
    FIFO_CONTROL = 2, /* when written */
    LINE_CONTROL = 3,
    MODEM_CONTROL = 4,
    LINE_STATUS = 5,
    SCRATCH = 7,
};

enum {
    FIFO_ENABLE_AND_CLEAR = 0x07,
    LINE_8N1 = 0x03,
    LINE_DIVISOR_LATCH = 0x80,
    MODEM_READY = 0x03, /* DTR and RTS */
    MODEM_LOOPBACK = 0x10,
    STATUS_RECEIVED = 0x01,
    STATUS_CAN_SEND = 0x20,
    STATUS_IDLE = 0x40,
    NOBODY = 0xff, /* an adapter that has been pulled out */
};

enum { TEST_BYTE = 0xa5 };

/*
 * Reading a port takes about a microsecond, sending a byte 87: a UART that has not finished after
 * this many looks never will. (An emulated one waits for its host, which may have other things to
 * do.)
 */
enum { LOOKS_MAX = 1000000 };

static bool wait_for(uint16_t port, uint8_t status)
{
    for (int looks = 0; looks < LOOKS_MAX; looks++)
        if (cpu_in8((uint16_t)(port + LINE_STATUS)) & status)
            return true;
    return false;
}

/* Keeps a byte in the scratch register, where a missing UART has nothing but 0xff. */
static bool has_scratch(uint16_t port)
{
    cpu_out8((uint16_t)(port + SCRATCH), TEST_BYTE);
    if (cpu_in8((uint16_t)(port + SCRATCH)) != TEST_BYTE)
        return false;
    cpu_out8((uint16_t)(port + SCRATCH), (uint8_t)~TEST_BYTE);
    return cpu_in8((uint16_t)(port + SCRATCH)) == (uint8_t)~TEST_BYTE;
}

static bool can_loop_back(uint16_t port)
{
    cpu_out8((uint16_t)(port + MODEM_CONTROL), MODEM_LOOPBACK);
    cpu_out8((uint16_t)(port + DATA), TEST_BYTE);
    return wait_for(port, STATUS_RECEIVED) && cpu_in8((uint16_t)(port + DATA)) == TEST_BYTE;
}

bool serial_start(uint16_t port, uint32_t speed)
{
    uint32_t divisor = SERIAL_SPEED_MAX / speed;
    unsigned long held;
    bool works;

    if (!has_scratch(port))
        return false;

    /* The firmware may use the port as its console: let it finish. */
    if (!wait_for(port, STATUS_IDLE))
        return false;

    /* Its timer may look for input, which takes the test byte away. */
    held = cpu_hold_interrupts();
    cpu_out8((uint16_t)(port + INTERRUPTS), 0);
    cpu_out8((uint16_t)(port + LINE_CONTROL), LINE_DIVISOR_LATCH);
    cpu_out8((uint16_t)(port + DATA), (uint8_t)divisor);
    cpu_out8((uint16_t)(port + INTERRUPTS), (uint8_t)(divisor >> 8));
    cpu_out8((uint16_t)(port + LINE_CONTROL), LINE_8N1);
    cpu_out8((uint16_t)(port + FIFO_CONTROL), FIFO_ENABLE_AND_CLEAR);
    works = can_loop_back(port);
    cpu_out8((uint16_t)(port + MODEM_CONTROL), MODEM_READY);
    cpu_release_interrupts(held);
    return works;
}

static bool send(uint16_t port, char character)
{
    if (!wait_for(port, STATUS_CAN_SEND))
        return false;
    cpu_out8((uint16_t)(port + DATA), (uint8_t)character);
    return true;
}

bool serial_write(uint16_t port, const char *text, size_t length)
{
    char previous = '\0';

    for (; length > 0; length--, text++) {
        if (*text == '\n' && previous != '\r' && !send(port, '\r'))
            return false;
        if (!send(port, *text))
            return false;
        previous = *text;
    }
    return true;
}

bool serial_has_byte(uint16_t port)
{
    uint8_t status = cpu_in8((uint16_t)(port + LINE_STATUS));

    return status != NOBODY && status & STATUS_RECEIVED;
}

uint8_t serial_read(uint16_t port)
{
    return cpu_in8((uint16_t)(port + DATA));
}

void debugcon_write(const char *text, size_t length)
{
    if (cpu_in8(DEBUGCON_PORT) != DEBUGCON_IS_THERE && !debugcon_has_debugger())
        return;
    for (; length > 0; length--)
        cpu_out8(DEBUGCON_PORT, (uint8_t)*text++);
}

bool debugcon_has_debugger(void)
{
    return cpu_in8(DEBUGCON_PORT) == DEBUGCON_AND_DEBUGGER;
}
