/* SPDX-License-Identifier: MIT */
#include "a20.h"

#include <stdint.h>

#include "bios_call.h"
#include "cpu/cpu.h"

/* Keyboard controller 8042 (IBM PS/2 Hardware Interface Technical Reference). */
enum {
    KEYBOARD_DATA = 0x60,
    KEYBOARD_STATUS = 0x64, /* read */
    KEYBOARD_COMMAND = 0x64,
    STATUS_OUTPUT_FULL = 0x01,
    STATUS_INPUT_FULL = 0x02,
    COMMAND_DISABLE_KEYBOARD = 0xad,
    COMMAND_ENABLE_KEYBOARD = 0xae,
    COMMAND_READ_OUTPUT_PORT = 0xd0,
    COMMAND_WRITE_OUTPUT_PORT = 0xd1,
    OUTPUT_PORT_A20 = 0x02,
};

enum {
    SYSTEM_CONTROL_A = 0x92, /* PS/2 and later */
    CONTROL_RESET = 0x01,    /* writing 1 resets the machine */
    CONTROL_A20 = 0x02,
};

/* A port takes about a microsecond. The controller answers within some milliseconds, or never. */
enum { LOOKS_MAX = 100000, SETTLE_LOOKS_MAX = 1000 };

/* A gate may take a while until it is open. */
static bool is_on_soon(void)
{
    for (int looks = 0; looks < SETTLE_LOOKS_MAX; looks++) {
        if (a20_is_on())
            return true;
        cpu_in8(KEYBOARD_STATUS); /* nothing but time */
    }
    return false;
}

static bool ask_bios(void)
{
    struct bios_call call = {.interrupt = 0x15, .eax = 0x2401};

    bios_calls(&call, 1);
    return is_on_soon();
}

static bool wait_keyboard(uint8_t mask, uint8_t value)
{
    for (int looks = 0; looks < LOOKS_MAX; looks++)
        if ((cpu_in8(KEYBOARD_STATUS) & mask) == value)
            return true;
    return false;
}

static bool command_keyboard(uint8_t command)
{
    if (!wait_keyboard(STATUS_INPUT_FULL, 0))
        return false;
    cpu_out8(KEYBOARD_COMMAND, command);
    return true;
}

static bool set_output_port(void)
{
    uint8_t outputs;

    if (!command_keyboard(COMMAND_READ_OUTPUT_PORT) ||
        !wait_keyboard(STATUS_OUTPUT_FULL, STATUS_OUTPUT_FULL))
        return false;
    outputs = cpu_in8(KEYBOARD_DATA);
    if (!command_keyboard(COMMAND_WRITE_OUTPUT_PORT) || !wait_keyboard(STATUS_INPUT_FULL, 0))
        return false;
    cpu_out8(KEYBOARD_DATA, outputs | OUTPUT_PORT_A20);
    return wait_keyboard(STATUS_INPUT_FULL, 0);
}

static bool use_keyboard_controller(void)
{
    bool done;

    /* Machines without one read as ff: waiting would be in vain. */
    if (cpu_in8(KEYBOARD_STATUS) == 0xff || !command_keyboard(COMMAND_DISABLE_KEYBOARD))
        return false;
    done = set_output_port();
    command_keyboard(COMMAND_ENABLE_KEYBOARD);
    return done && is_on_soon();
}

static bool use_fast_gate(void)
{
    uint8_t control = cpu_in8(SYSTEM_CONTROL_A);

    /* Some machines have something else at this port, and setting a bit that is set hangs others.
     */
    if (control & CONTROL_A20)
        return false;
    cpu_out8(SYSTEM_CONTROL_A, (control | CONTROL_A20) & ~CONTROL_RESET);
    return is_on_soon();
}

bool a20_enable(void)
{
    return a20_is_on() || ask_bios() || use_keyboard_controller() || use_fast_gate();
}
