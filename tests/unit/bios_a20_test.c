/* SPDX-License-Identifier: MIT */
/* Stage 2 opens the A20 gate on machines where only one of the ways works. */
#include "stage2/a20.h"

#include <string.h>

#include "cpu/cpu.h"
#include "fake_bios.h"
#include "support.h"

static struct {
    bool is_on;
    bool by_bios, by_keyboard, by_fast_gate; /* what works */
    bool has_keyboard;
    uint32_t delay; /* looks until an open gate shows */
    uint8_t last_command;
    bool has_output;
    bool is_keyboard_disabled;
    uint8_t control; /* port 92h */
    bool was_reset;
} machine;

bool a20_is_on(void)
{
    if (machine.is_on && machine.delay > 0)
        machine.delay--;
    return machine.is_on && machine.delay == 0;
}

static void answer(struct bios_call *call)
{
    assert_int_equal(call->interrupt, 0x15);
    assert_int_equal(call->eax, 0x2401);
    if (machine.by_bios)
        machine.is_on = true;
    else
        call->flags = BIOS_CARRY;
}

uint8_t cpu_in8(uint16_t port)
{
    switch (port) {
    case 0x64:
        return !machine.has_keyboard ? 0xff : machine.has_output ? 1 : 0;
    case 0x60:
        machine.has_output = false;
        return 0xcd; /* the output port, A20 bit clear, "do not reset" set */
    case 0x92:
        return machine.control;
    }
    return 0xff;
}

void cpu_out8(uint16_t port, uint8_t value)
{
    if (port == 0x64) {
        machine.last_command = value;
        if (value == 0xd0)
            machine.has_output = true;
        if (value == 0xad || value == 0xae)
            machine.is_keyboard_disabled = value == 0xad;
    } else if (port == 0x60) {
        assert_int_equal(machine.last_command, 0xd1);
        if (!(value & 1))
            machine.was_reset = true;
        if (machine.by_keyboard && (value & 2))
            machine.is_on = true;
    } else if (port == 0x92) {
        machine.was_reset |= value & 1;
        if (machine.by_fast_gate && (value & 2))
            machine.is_on = true;
    }
}

static void assert_enables(bool expected)
{
    fake_service = answer;
    assert_int_equal(a20_enable(), expected);
    assert_false(machine.was_reset);
    assert_false(machine.is_keyboard_disabled);
    memset(&machine, 0, sizeof(machine));
}

static void test_each_way(void **state)
{
    (void)state;
    memset(&machine, 0, sizeof(machine));
    machine.is_on = true;
    assert_enables(true);
    machine.by_bios = machine.has_keyboard = true;
    assert_enables(true);
    machine.by_keyboard = machine.has_keyboard = true;
    assert_enables(true);
    machine.by_fast_gate = true;
    machine.control = 0x01; /* the reset bit reads as set on some */
    assert_enables(true);
    machine.by_fast_gate = machine.has_keyboard = true;
    assert_enables(true);
}

static void test_slow_gate(void **state)
{
    (void)state;
    machine.by_keyboard = machine.has_keyboard = true;
    machine.delay = 500;
    machine.control = 0x02; /* nothing to gain from the fast gate */
    assert_enables(true);
}

static void test_none(void **state)
{
    (void)state;
    machine.has_keyboard = true;
    assert_enables(false);
    assert_enables(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_way),
        cmocka_unit_test(test_slow_gate),
        cmocka_unit_test(test_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
