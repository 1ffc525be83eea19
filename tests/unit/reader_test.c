/* SPDX-License-Identifier: MIT */
#include "format/reader.h"

#include <string.h>

#include "support.h"

static const char text[] = "0123456789";

static void test_memory(void **state)
{
    struct memory_reader memory;
    struct error error;
    char to[16] = "################";

    (void)state;
    memory_reader_init(&memory, text, 10);
    assert_true(reader_read(&memory.reader, 3, 4, to, &error));
    assert_memory_equal(to, "3456#", 5);
    assert_true(reader_read(&memory.reader, 0, 10, to, &error));
    assert_memory_equal(to, "0123456789#", 11);
    assert_true(reader_read(&memory.reader, 10, 0, to, &error));
    reader_close(&memory.reader);
}

static void test_ends(void **state)
{
    static const struct {
        uint64_t offset, length, end;
    } cases[] = {
        {10, 1, 11},
        {0, 11, 11},
        {11, 0, 11},
        {UINT64_MAX, 1, UINT64_MAX},
        {1, UINT64_MAX, UINT64_MAX},
        {UINT64_MAX, UINT64_MAX, UINT64_MAX},
    };
    struct memory_reader memory;
    struct error error;
    char to[16] = "#";

    (void)state;
    memory_reader_init(&memory, text, 10);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_false(reader_read(&memory.reader, cases[i].offset, cases[i].length, to, &error));
        assert_error(&error, ERROR_READ_BEYOND_END);
        assert_int_equal(error.numbers[0], cases[i].end);
        assert_int_equal(error.numbers[1], 10);
        assert_int_equal(to[0], '#');
    }
}

/* Its size is the only limit where even the sum of offset and length cannot tell. */
static void test_end_of_everything(void **state)
{
    struct memory_reader memory;
    struct error error;
    char to;

    (void)state;
    memory_reader_init(&memory, text, UINT64_MAX);
    assert_false(reader_read(&memory.reader, 2, UINT64_MAX - 1, &to, &error));
    assert_error(&error, ERROR_READ_BEYOND_END);
}

static void test_window(void **state)
{
    struct memory_reader memory;
    struct window_reader window, beyond, wrapping;
    struct error error;
    char to[4];

    (void)state;
    memory_reader_init(&memory, text, 10);
    window_reader_init(&window, &memory.reader, 4, 3);
    assert_true(reader_read(&window.reader, 1, 2, to, &error));
    assert_memory_equal(to, "56", 2);
    assert_false(reader_read(&window.reader, 1, 3, to, &error));
    assert_error(&error, ERROR_READ_BEYOND_END);

    window_reader_init(&beyond, &memory.reader, 8, 8);
    assert_true(reader_read(&beyond.reader, 0, 2, to, &error));
    assert_false(reader_read(&beyond.reader, 0, 3, to, &error));
    assert_error(&error, ERROR_READ_BEYOND_END);

    window_reader_init(&wrapping, &memory.reader, UINT64_MAX - 1, 8);
    assert_false(reader_read(&wrapping.reader, 2, 1, to, &error));
    assert_error(&error, ERROR_READ_BEYOND_END);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_end_of_everything),
        cmocka_unit_test(test_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
