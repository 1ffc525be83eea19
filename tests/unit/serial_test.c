/* SPDX-License-Identifier: MIT */
#include "console/serial.h"

#include <string.h>

#include "fake_ports.h"
#include "support.h"

static void assert_written(const char *text, const char *sent)
{
    ports.sent_length = 0;
    assert_true(serial_write(SERIAL_COM1, text, strlen(text)));
    assert_int_equal(ports.sent_length, strlen(sent));
    assert_memory_equal(ports.sent, sent, strlen(sent));
    assert_int_equal(ports.overruns, 0);
}

static void test_start(void **state)
{
    (void)state;
    ports = (struct fake_ports){.has_uart = true, .interrupts = 0xf, .divisor = 12};
    assert_true(serial_start(SERIAL_COM1, SERIAL_SPEED_MAX));
    assert_int_equal(ports.divisor, 1);
    assert_int_equal(ports.line_control, 0x03);
    assert_int_equal(ports.interrupts, 0);
    assert_int_equal(ports.fifo_control & 1, 1);
    assert_int_equal(ports.modem_control, 0x03); /* out of loopback */
    assert_int_equal(ports.sent_length, 0);      /* the tests send nothing down the line */
}

/* Firmware whose console is on the same port reads it whenever its timer ticks. */
static void test_start_beside_a_reader(void **state)
{
    (void)state;
    ports = (struct fake_ports){.has_uart = true, .has_reader = true};
    assert_true(serial_start(SERIAL_COM1, SERIAL_SPEED_MAX));
    assert_false(ports.is_held);
}

static void test_absent(void **state)
{
    (void)state;
    ports = (struct fake_ports){0};
    assert_false(serial_start(SERIAL_COM1, SERIAL_SPEED_MAX));
}

static void test_something_else(void **state)
{
    (void)state;
    ports = (struct fake_ports){.has_uart = true, .has_no_loopback = true};
    assert_false(serial_start(SERIAL_COM1, SERIAL_SPEED_MAX));
    assert_int_equal(ports.modem_control & 0x10, 0);
}

static void test_stuck_from_the_beginning(void **state)
{
    (void)state;
    ports = (struct fake_ports){.has_uart = true, .is_busy = true};
    assert_false(serial_start(SERIAL_COM1, SERIAL_SPEED_MAX));
    assert_true(ports.looks < 10000000);
}

static void test_line_ends(void **state)
{
    (void)state;
    ports = (struct fake_ports){.has_uart = true};
    assert_written("a\nb", "a\r\nb");
    assert_written("a\r\nb\r\n", "a\r\nb\r\n");
    assert_written("\n\n", "\r\n\r\n");
    assert_written("\r", "\r");
    assert_written("", "");
}

static void test_waits_while_busy(void **state)
{
    (void)state;
    ports = (struct fake_ports){.has_uart = true, .busy_looks = 50};
    assert_true(serial_start(SERIAL_COM1, SERIAL_SPEED_MAX));
    assert_written("slow\n", "slow\r\n");
}

static void test_gives_up_when_stuck(void **state)
{
    (void)state;
    ports = (struct fake_ports){.has_uart = true, .sends_until_stuck = 3};
    assert_false(serial_write(SERIAL_COM1, "abcdef", 6));
    assert_int_equal(ports.sent_length, 3);
    assert_int_equal(ports.overruns, 0);
    assert_true(ports.looks < 10000000); /* not a wait for each byte */
}

static void test_debugcon_passes_every_byte(void **state)
{
    char bytes[256];

    (void)state;
    for (int i = 0; i < 256; i++)
        bytes[i] = (char)i;
    ports = (struct fake_ports){.has_debugcon = true};
    debugcon_write(bytes, sizeof(bytes));
    assert_int_equal(ports.debug_length, 256);
    assert_memory_equal(ports.debug, bytes, 256);

    ports = (struct fake_ports){0};
    debugcon_write(bytes,
                   sizeof(bytes)); /* the fake refuses bytes for a console that is not there */
}

static void test_debugger_behind_the_debugcon(void **state)
{
    (void)state;
    ports = (struct fake_ports){0};
    assert_false(debugcon_has_debugger());
    ports.has_debugcon = true;
    assert_false(debugcon_has_debugger());
    ports.has_debugger = true;
    assert_true(debugcon_has_debugger());
    debugcon_write("x", 1);
    assert_int_equal(ports.debug_length, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_start),
        cmocka_unit_test(test_start_beside_a_reader),
        cmocka_unit_test(test_absent),
        cmocka_unit_test(test_something_else),
        cmocka_unit_test(test_stuck_from_the_beginning),
        cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_waits_while_busy),
        cmocka_unit_test(test_gives_up_when_stuck),
        cmocka_unit_test(test_debugcon_passes_every_byte),
        cmocka_unit_test(test_debugger_behind_the_debugcon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
