/* SPDX-License-Identifier: MIT */
/* The log keeps what it has for the life of the loader, so these tests build on each other. */
#define _GNU_SOURCE /* memmem() */
#include "console/log.h"

#include <stdio.h>
#include <string.h>

#include "console/font.h"
#include "console/serial.h"
#include "fake_firmware.h"
#include "fake_ports.h"
#include "support.h"

static bool is_drawn(uint32_t column, uint32_t row, char character)
{
    const uint8_t *glyph = font_glyph((uint32_t)character);

    for (uint32_t y = 0; y < FONT_HEIGHT; y++) {
        for (uint32_t x = 0; x < FONT_WIDTH; x++) {
            uint64_t place = (row * FONT_HEIGHT + y) * firmware.width + column * FONT_WIDTH + x;
            bool is_set = glyph[y] >> (7 - x) & 1;

            if ((firmware.pixels[place * 4] == 0xff) != is_set)
                return false;
        }
    }
    return true;
}

static void forget_output(void)
{
    ports.sent_length = 0;
    ports.debug_length = 0;
    firmware.text_length = 0;
}

static void assert_serial(const char *text)
{
    assert_int_equal(ports.sent_length, strlen(text));
    assert_memory_equal(ports.sent, text, strlen(text));
}

static void assert_buffer_ends_with(const char *text)
{
    size_t length = strlen(text);

    assert_true(log_size() >= length);
    assert_memory_equal(log_text() + log_size() - length, text, length);
}

/* Before log_start(): no serial port yet, everything else works. */
static void test_before_start(void **state)
{
    (void)state;
    ports = (struct fake_ports){.has_uart = true, .has_debugcon = true};
    firmware = (struct fake_firmware){0};
    log_message(LOG_INFO, "entered by %s", "nobody");
    assert_int_equal(ports.sent_length, 0);
    assert_int_equal(ports.debug_length, 27);
    assert_memory_equal(ports.debug, "bowline: entered by nobody\n", 27);
    assert_buffer_ends_with("bowline: entered by nobody\n");
    assert_int_equal(firmware.queries, 0);
}

static void test_levels(void **state)
{
    (void)state;
    log_start();
    forget_output();
    log_message(LOG_INFO, "%d bytes", 42);
    log_message(LOG_INFO, "hello");
    assert_serial("bowline: 42 bytes\r\nbowline: hello\r\n");
    assert_int_equal(firmware.text_length, 0); /* not on the screen */
    forget_output();
    log_message(LOG_WARNING, "beware");
    log_message(LOG_ERROR, "no");
    assert_serial("bowline: warning: beware\r\nbowline: error: no\r\n");
    assert_int_equal(firmware.text_length, 44);
    assert_memory_equal(firmware.text, "bowline: warning: beware\nbowline: error: no\n", 44);
    assert_buffer_ends_with("bowline: 42 bytes\nbowline: hello\n"
                            "bowline: warning: beware\nbowline: error: no\n");
}

static void test_details(void **state)
{
    (void)state;
    forget_output();
    log_message(LOG_DETAIL, "much");
    assert_int_equal(ports.sent_length, 0); /* too slow for them */
    assert_int_equal(firmware.text_length, 0);
    assert_int_equal(ports.debug_length, 14);
    assert_memory_equal(ports.debug, "bowline: much\n", 14);
    assert_buffer_ends_with("bowline: much\n");
}

static void test_error_with_remedy(void **state)
{
    struct error error;

    (void)state;
    FAIL_WITH(&error, ELF_TRUNCATED, "the header", 64, 3);
    error_in(&error, "/kernel.elf");
    forget_output();
    log_error(LOG_ERROR, &error);
    assert_serial("bowline: error: /kernel.elf: the header ends at byte 64, but the file has only "
                  "3 bytes [elf-truncated]\r\n"
                  "  what to do: the file is cut short: build or copy it again\r\n");
    assert_buffer_ends_with("build or copy it again\n");
    log_error(LOG_WARNING, &error);
    assert_non_null(memmem(ports.sent, ports.sent_length, "bowline: warning: /kernel.elf: ", 31));
}

static void test_long_message_is_cut(void **state)
{
    char text[5000];

    (void)state;
    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    forget_output();
    log_message(LOG_INFO, "%s", text);
    assert_in_range(ports.sent_length, 1000, 1200);
    assert_memory_equal(ports.sent + ports.sent_length - 3, "x\r\n", 3);
}

static void test_framebuffer(void **state)
{
    int queries = firmware.queries;

    (void)state;
    forget_output();
    firmware.has_framebuffer = true;
    firmware.width = 640;
    log_message(LOG_ERROR, "one");
    assert_int_equal(firmware.queries, queries); /* nobody said that the screen is another one */
    log_screen_changed();
    forget_output();
    memset(firmware.pixels, 0xee, sizeof(firmware.pixels));
    log_message(LOG_INFO, "two");
    assert_int_equal(firmware.pixels[0], 0xee);
    log_message(LOG_ERROR, "three");
    log_message(LOG_WARNING, "four");
    assert_int_equal(firmware.queries, queries + 1);
    assert_int_equal(firmware.text_length, 0);
    assert_true(is_drawn(0, 0, 'b'));
    assert_true(is_drawn(16, 0, 't'));
    assert_true(is_drawn(9, 1, 'w'));
    assert_true(is_drawn(79, 19, ' '));
}

/* As 32-bit code finds one above 4 GiB. */
static void test_framebuffer_out_of_reach(void **state)
{
    (void)state;
    firmware.is_out_of_reach = true;
    memset(firmware.pixels, 0xee, sizeof(firmware.pixels));
    log_screen_changed();
    forget_output();
    log_message(LOG_ERROR, "five");
    assert_int_equal(firmware.text_length, strlen("bowline: error: five\n"));
    assert_int_equal(firmware.pixels[0], 0xee);
    firmware.is_out_of_reach = false;
}

static void test_text_screen_that_logs(void **state)
{
    (void)state;
    firmware.has_framebuffer = false;
    firmware.logs_while_writing = true;
    log_screen_changed();
    forget_output();
    log_message(LOG_ERROR, "outer");
    assert_int_equal(firmware.text_length, strlen("bowline: error: outer\n"));
    assert_serial("bowline: error: outer\r\nbowline: error: the text screen is broken\r\n");
    firmware.logs_while_writing = false;
}

static void test_stuck_port_costs_one_wait(void **state)
{
    uint64_t looks;

    (void)state;
    ports.is_busy = true;
    log_message(LOG_INFO, "one");
    looks = ports.looks;
    log_message(LOG_INFO, "two");
    assert_int_equal(ports.looks, looks);
    ports.is_busy = false;
    log_start();
    forget_output();
    log_message(LOG_INFO, "three");
    assert_serial("bowline: three\r\n");
}

static void test_lent_consoles(void **state)
{
    (void)state;
    forget_output();
    log_lend_consoles(true);
    log_message(LOG_ERROR, "unseen");
    assert_int_equal(ports.sent_length, 0);
    assert_int_equal(firmware.text_length, 0);
    assert_int_equal(ports.debug_length, strlen("bowline: error: unseen\n"));
    assert_buffer_ends_with("bowline: error: unseen\n");
    log_lend_consoles(false);
    log_message(LOG_INFO, "seen");
    assert_serial("bowline: seen\r\n");
}

static void test_levels_of_boot_conf(void **state)
{
    (void)state;
    forget_output();
    log_set_level(LOG_ERROR, LOG_TO_SERIAL | LOG_TO_DEBUGCON, LOG_NOTICE);
    log_message(LOG_WARNING, "w");
    assert_int_equal(ports.sent_length, 0);
    assert_int_equal(ports.debug_length, 0);
    assert_int_equal(firmware.text_length, strlen("bowline: warning: w\n"));
    log_set_level(LOG_DETAIL, LOG_TO_SCREEN, LOG_ERROR);
    forget_output();
    log_message(LOG_DETAIL, "d");
    assert_int_equal(firmware.text_length, strlen("bowline: d\n"));
    assert_int_equal(ports.sent_length, 0);
    log_start(); /* all is as it was */
    forget_output();
    log_message(LOG_INFO, "i");
    assert_serial("bowline: i\r\n");
    assert_int_equal(firmware.text_length, 0);
}

static void test_serial_port_of_boot_conf(void **state)
{
    (void)state;
    log_use_serial(0, 0);
    forget_output();
    log_message(LOG_INFO, "i");
    assert_int_equal(ports.sent_length, 0);
    assert_int_equal(log_serial_port(), 0);
    log_use_serial(SERIAL_COM1, 9600);
    assert_int_equal(log_serial_port(), SERIAL_COM1);
    assert_int_equal(ports.divisor, 12);
    log_message(LOG_INFO, "i");
    assert_serial("bowline: i\r\n");
}

static void test_full_buffer_loses_its_middle(void **state)
{
    static const char mark[] = "bowline: (some messages are left out here)\n";
    char first[256], line[64];
    const char *place;

    (void)state;
    memcpy(first, log_text(), sizeof(first));
    for (int i = 0; i < 5000; i++) {
        forget_output();
        log_message(LOG_INFO, "message %d%s", i, i % 7 == 0 ? " is longer than others" : "");
        assert_true(log_size() <= LOG_SIZE_MAX);
        snprintf(line, sizeof(line), "bowline: message %d%s\n", i,
                 i % 7 == 0 ? " is longer than others" : "");
        assert_buffer_ends_with(line);
    }
    assert_memory_equal(log_text(), first, sizeof(first));
    place = memmem(log_text(), log_size(), mark, strlen(mark));
    assert_non_null(place);
    assert_int_equal(place[-1], '\n');
    assert_memory_equal(place + strlen(mark), "bowline: message ", 17);
    assert_in_range(place - log_text(), LOG_SIZE_MAX / 2, LOG_SIZE_MAX / 2 + 1200);
    assert_null(
        memmem(place + 1, log_size() - (size_t)(place + 1 - log_text()), mark, strlen(mark)));
    assert_true(log_size() > LOG_SIZE_MAX - 100);

    /* All messages behind the mark are whole and in order. */
    int number, next;
    place += strlen(mark);
    assert_int_equal(sscanf(place, "bowline: message %d", &number), 1);
    while ((place = memchr(place, '\n', log_size() - (size_t)(place - log_text()))) != NULL &&
           ++place < log_text() + log_size()) {
        assert_int_equal(sscanf(place, "bowline: message %d", &next), 1);
        assert_int_equal(next, ++number);
    }
    assert_int_equal(number, 4999);
}

static void test_without_the_firmware(void **state)
{
    (void)state;
    log_leave_firmware(); /* it was the firmware's text screen */
    firmware.is_gone = true;
    forget_output();
    log_message(LOG_ERROR, "too late");
    assert_serial("bowline: error: too late\r\n");

    firmware.is_gone = false;
    firmware.has_framebuffer = true;
    log_screen_changed();
    memset(firmware.pixels, 0xee, sizeof(firmware.pixels));
    log_leave_firmware(); /* finds the framebuffer, and leaves it as it is */
    firmware.is_gone = true;
    assert_int_equal(firmware.pixels[0], 0xee);
    log_message(LOG_ERROR, "still visible");
    assert_true(is_drawn(16, 0, 's'));
    assert_true(is_drawn(79, 19, ' '));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_before_start),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_details),
        cmocka_unit_test(test_error_with_remedy),
        cmocka_unit_test(test_long_message_is_cut),
        cmocka_unit_test(test_framebuffer),
        cmocka_unit_test(test_framebuffer_out_of_reach),
        cmocka_unit_test(test_text_screen_that_logs),
        cmocka_unit_test(test_stuck_port_costs_one_wait),
        cmocka_unit_test(test_lent_consoles),
        cmocka_unit_test(test_levels_of_boot_conf),
        cmocka_unit_test(test_serial_port_of_boot_conf),
        cmocka_unit_test(test_full_buffer_loses_its_middle),
        cmocka_unit_test(test_without_the_firmware),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
