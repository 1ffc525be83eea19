/* SPDX-License-Identifier: MIT */
#include "console/keys.h"

#include <string.h>

#include "console/log.h"
#include "console/serial.h"
#include "fake_ports.h"
#include "firmware/console.h"
#include "support.h"

/* ---- A firmware with a keyboard, and perhaps with a console at the serial port ---- */

static const char *on_keyboard; /* the characters that it has to give */
static uint32_t read_each;      /* milliseconds after which it looks at the port; 0: it does not */
static uint32_t milliseconds;
static const char *on_line; /* what is still to come over the serial port */

static void receive(void)
{
    if (!ports.has_received && *on_line != '\0') {
        ports.received = (uint8_t)*on_line++;
        ports.has_received = true;
    }
}

uint16_t log_serial_port(void)
{
    return SERIAL_COM1;
}

bool firmware_poll_key(struct key *out)
{
    if (*on_keyboard == '\0')
        return false;
    *out = key_of((uint8_t)*on_keyboard++);
    return true;
}

static char taken_by_firmware[64];

void firmware_pause(uint32_t duration)
{
    milliseconds += duration;
    if (read_each != 0 && milliseconds % read_each == 0 && ports.has_received) {
        size_t length = strlen(taken_by_firmware);

        taken_by_firmware[length] = (char)serial_read(SERIAL_COM1);
        taken_by_firmware[length + 1] = '\0';
        on_keyboard = taken_by_firmware + length;
    }
    receive();
}

static int setup(void **state)
{
    (void)state;
    ports = (struct fake_ports){.has_uart = true};
    on_keyboard = on_line = "";
    taken_by_firmware[0] = '\0';
    read_each = 0;
    return 0;
}

/* The keys of the next second, as their characters, or their codes as capital letters from A. */
static const char *keys_of_a_second(void)
{
    static char seen[64];
    struct key key;
    size_t length = 0;

    for (uint32_t end = milliseconds + 1000; milliseconds < end;) {
        receive();
        if (keys_poll(&key))
            seen[length++] =
                key.code == KEY_CHARACTER ? (char)key.character : (char)('A' + (int)key.code);
        else
            firmware_pause(KEYS_PAUSE);
    }
    seen[length] = '\0';
    return seen;
}

/* This one first: nobody has said yet whose the serial port is. */
static void test_leaves_the_port_to_the_firmware(void **state)
{
    (void)state;
    read_each = 20;
    on_line = "xyz";
    assert_string_equal(keys_of_a_second(), "xyz");
    assert_string_equal(taken_by_firmware, "xyz");
}

static void test_reads_the_port_that_nobody_reads(void **state)
{
    (void)state;
    on_line = "xyz";
    assert_string_equal(keys_of_a_second(), "xyz");
    assert_string_equal(taken_by_firmware, "");
}

static void test_merges_both(void **state)
{
    (void)state;
    on_line = "st";
    on_keyboard = "kb";
    assert_string_equal(keys_of_a_second(), "kbst");
}

static void test_waits_for_a_lone_escape(void **state)
{
    (void)state;
    assert_true('A' + KEY_ESCAPE == 'O' && 'A' + KEY_UP == 'B');
    on_line = "\33";
    assert_string_equal(keys_of_a_second(), "O");
    on_line = "\33[A";
    assert_string_equal(keys_of_a_second(), "B");
}

static void test_finishes_what_the_firmware_leaves(void **state)
{
    (void)state;
    on_keyboard = "a\33[3~b\33";
    assert_true('A' + KEY_DELETE == 'I');
    assert_string_equal(keys_of_a_second(), "aIbO");
}

static void test_a_key_has_been_pressed(void **state)
{
    (void)state;
    assert_false(keys_were_pressed());
    on_keyboard = "\r\r";
    assert_true(keys_were_pressed());
    assert_false(keys_were_pressed());
    on_line = "\r\n";
    receive();
    assert_true(keys_were_pressed());
    assert_string_equal(keys_of_a_second(), ""); /* forgotten */
}

static void test_an_adapter_that_is_pulled_out(void **state)
{
    (void)state;
    ports.has_uart = false;
    assert_string_equal(keys_of_a_second(), "");
}

static struct key decode(const char *bytes)
{
    struct key_decoder decoder = {0};
    struct key key = {KEY_OTHER, 0};
    size_t length = strlen(bytes);

    for (size_t i = 0; i < length; i++) {
        bool is_complete = key_decode(&decoder, (uint8_t)bytes[i], &key);

        assert_int_equal(is_complete, i == length - 1);
    }
    assert_false(key_decode_pause(&decoder, &(struct key){0}));
    return key;
}

static void test_decodes_sequences(void **state)
{
    static const struct {
        const char *bytes;
        enum key_code code;
    } cases[] = {
        {"\33[A", KEY_UP},        {"\33[B", KEY_DOWN},
        {"\33[C", KEY_RIGHT},     {"\33[D", KEY_LEFT},
        {"\33[H", KEY_HOME},      {"\33[F", KEY_END},
        {"\33OA", KEY_UP},        {"\33OD", KEY_LEFT},
        {"\33OH", KEY_HOME},      {"\33OF", KEY_END},
        {"\33[1~", KEY_HOME},     {"\33[7~", KEY_HOME},
        {"\33[4~", KEY_END},      {"\33[8~", KEY_END},
        {"\33[2~", KEY_INSERT},   {"\33[3~", KEY_DELETE},
        {"\33[5~", KEY_PAGE_UP},  {"\33[6~", KEY_PAGE_DOWN},
        {"\33[1;5A", KEY_UP},     {"\33[3;2~", KEY_DELETE},
        {"\33[15~", KEY_OTHER},   {"\33[9999999999~", KEY_OTHER},
        {"\33[?1;2c", KEY_OTHER}, {"\33\33[B", KEY_DOWN},
        {"\r", KEY_ENTER},        {"\n", KEY_ENTER},
        {"\b", KEY_BACKSPACE},    {"\x7f", KEY_BACKSPACE},
        {"\x01", KEY_HOME},       {"\x05", KEY_END},
        {"\x15", KEY_CLEAR},      {"\x02", KEY_OTHER},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(decode(cases[i].bytes).code, cases[i].code);
}

static void test_decodes_characters(void **state)
{
    (void)state;
    assert_int_equal(decode("a").character, 'a');
    assert_int_equal(decode("~").character, '~');
    assert_int_equal(decode("\xc3\xa4").character, 0xe4);
    assert_int_equal(decode("\xe6\x97\xa5").character, 0x65e5);
    assert_int_equal(decode("\xf0\x9f\xaa\xa2").character, 0x1faa2);
    assert_int_equal(decode("\x80"
                            "a")
                         .character,
                     'a');                           /* the end of what was lost */
    assert_int_equal(decode("\33x").character, 'x'); /* Alt */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_leaves_the_port_to_the_firmware, setup),
        cmocka_unit_test_setup(test_reads_the_port_that_nobody_reads, setup),
        cmocka_unit_test_setup(test_merges_both, setup),
        cmocka_unit_test_setup(test_waits_for_a_lone_escape, setup),
        cmocka_unit_test_setup(test_finishes_what_the_firmware_leaves, setup),
        cmocka_unit_test_setup(test_a_key_has_been_pressed, setup),
        cmocka_unit_test_setup(test_an_adapter_that_is_pulled_out, setup),
        cmocka_unit_test(test_decodes_sequences),
        cmocka_unit_test(test_decodes_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
