/* SPDX-License-Identifier: MIT */
#include "format/config.h"

#include <stdlib.h>
#include <string.h>

#include "support.h"

static struct config_cursor start(const char *text)
{
    struct config_cursor cursor;

    config_start(&cursor, text, strlen(text));
    return cursor;
}

static void assert_text(struct text text, const char *expected)
{
    assert_int_equal(text.length, strlen(expected));
    assert_memory_equal(text.start, expected, text.length);
}

static void assert_line(struct config_cursor *cursor, uint32_t line, enum config_key key,
                        const char *value, const char *arguments)
{
    struct config_line out;
    struct error error;

    assert_true(config_next(cursor, &out, &error));
    assert_int_equal(out.line, line);
    assert_int_equal(out.key, key);
    assert_text(out.value, value);
    assert_text(out.arguments, arguments);
}

static void assert_bad(struct config_cursor *cursor, enum error_code code, uint64_t line,
                       uint64_t column)
{
    struct config_line out = {.line = 4711};
    struct error error;

    assert_false(config_next(cursor, &out, &error));
    assert_error(&error, code);
    assert_int_equal(error.numbers[0], line);
    assert_int_equal(error.numbers[1], column);
    assert_int_equal(out.line, 4711);
}

static void assert_end(struct config_cursor *cursor)
{
    struct config_line out;
    struct error error = {.code = ERROR_FIRMWARE};

    for (int i = 0; i < 2; i++) {
        assert_false(config_next(cursor, &out, &error));
        assert_int_equal(error.code, ERROR_NONE);
    }
}

static void test_file(void **state)
{
    struct config_cursor cursor = start("# Bowline\n"
                                        "\n"
                                        "entry  main \n"
                                        "\ttitle My kernel # 1\n"
                                        "kernel /kernel.elf\n"
                                        "options root=/dev/sda1   quiet\t\n"
                                        "   # a comment\n"
                                        "module /disk.img  ro  size=4\n"
                                        "module /plain\n");

    (void)state;
    assert_line(&cursor, 3, CONFIG_ENTRY, "main", "");
    assert_line(&cursor, 4, CONFIG_TITLE, "My kernel # 1", "");
    assert_line(&cursor, 5, CONFIG_KERNEL, "/kernel.elf", "");
    assert_line(&cursor, 6, CONFIG_OPTIONS, "root=/dev/sda1   quiet", "");
    assert_line(&cursor, 8, CONFIG_MODULE, "/disk.img", "ro  size=4");
    assert_line(&cursor, 9, CONFIG_MODULE, "/plain", "");
    assert_end(&cursor);
}

static void test_line_ends(void **state)
{
    struct config_cursor empty = start(""), mark = start("\xef\xbb\xbf");
    struct config_cursor dos = start("\xef\xbb\xbfkernel /a\r\n\r\nmodule /b c\r\n# d\r\ntitle e");
    struct config_cursor newlines = start("\n\n\n");

    (void)state;
    assert_end(&empty);
    assert_end(&mark);
    assert_end(&newlines);
    assert_line(&dos, 1, CONFIG_KERNEL, "/a", "");
    assert_line(&dos, 3, CONFIG_MODULE, "/b", "c");
    assert_line(&dos, 5, CONFIG_TITLE, "e", "");
    assert_end(&dos);
}

static void test_quotes(void **state)
{
    struct config_cursor cursor = start("kernel \"/my kernel.elf\"\n"
                                        "module \"/a b\"  \"c d\" e\n"
                                        "module /a \"b c\"\n"
                                        "options \"as it is\n"
                                        "kernel \"/open\n"
                                        "  module \"\n"
                                        "kernel \"\"\n"
                                        "kernel \"/a\"b\n"
                                        "kernel /my kernel.elf\n"
                                        "kernel \"/a\" b\n"
                                        "module \"/a\"b\n"
                                        "kernel /last\n");

    (void)state;
    assert_line(&cursor, 1, CONFIG_KERNEL, "/my kernel.elf", "");
    assert_line(&cursor, 2, CONFIG_MODULE, "/a b", "\"c d\" e");
    assert_line(&cursor, 3, CONFIG_MODULE, "/a", "\"b c\"");
    assert_line(&cursor, 4, CONFIG_OPTIONS, "\"as it is", "");
    assert_bad(&cursor, ERROR_CONFIG_QUOTE, 5, 8);
    assert_bad(&cursor, ERROR_CONFIG_QUOTE, 6, 10);
    assert_bad(&cursor, ERROR_CONFIG_NO_VALUE, 7, 1);
    assert_bad(&cursor, ERROR_CONFIG_TRAILING, 8, 12);
    assert_bad(&cursor, ERROR_CONFIG_TRAILING, 9, 12);
    assert_bad(&cursor, ERROR_CONFIG_TRAILING, 10, 13);
    assert_bad(&cursor, ERROR_CONFIG_TRAILING, 11, 12);
    assert_line(&cursor, 12, CONFIG_KERNEL, "/last", "");
    assert_end(&cursor);
}

static void test_bad_keys(void **state)
{
    struct config_cursor cursor = start("kernl /a\n"
                                        "  Kernel /a\n"
                                        "kernel\n"
                                        "\toptions  \t\n"
                                        "kernelx /a\n"
                                        "k\n"
                                        "kernel /b");
    struct config_cursor again = cursor;
    struct config_line out;
    struct error error;

    (void)state;
    assert_bad(&cursor, ERROR_CONFIG_UNKNOWN_KEY, 1, 1);
    assert_bad(&cursor, ERROR_CONFIG_UNKNOWN_KEY, 2, 3);
    assert_bad(&cursor, ERROR_CONFIG_NO_VALUE, 3, 1);
    assert_bad(&cursor, ERROR_CONFIG_NO_VALUE, 4, 2);
    assert_bad(&cursor, ERROR_CONFIG_UNKNOWN_KEY, 5, 1);
    assert_bad(&cursor, ERROR_CONFIG_UNKNOWN_KEY, 6, 1);
    assert_line(&cursor, 7, CONFIG_KERNEL, "/b", "");
    assert_end(&cursor);

    assert_false(config_next(&again, &out, &error));
    assert_string_equal(error.detail, "kernl");
}

static void test_long_key_is_cut_between_characters(void **state)
{
    (void)state;
    for (size_t before = 0; before < 2; before++) {
        char text[200] = "x";
        struct config_cursor cursor;
        struct config_line out;
        struct error error;

        for (size_t i = before; i + 1 < sizeof(text); i += 2)
            memcpy(text + i, "\xc3\xa4", 2);
        config_start(&cursor, text, 198 + before);
        assert_false(config_next(&cursor, &out, &error));
        assert_error(&error, ERROR_CONFIG_UNKNOWN_KEY);
        assert_int_equal((strlen(error.detail) - before) % 2, 0);
        assert_true(strlen(error.detail) > 40);
    }
}

static void test_characters(void **state)
{
    struct config_cursor good = start("title \xc3\xa4 \xe2\x82\xac \xf0\x9f\xaa\xa2 \tx\n");

    (void)state;
    assert_line(&good, 1, CONFIG_TITLE, "\xc3\xa4 \xe2\x82\xac \xf0\x9f\xaa\xa2 \tx", "");

    static const struct {
        const char *bytes;
        size_t length;
    } bad[] = {
        {"\x01", 1}, /* control characters */
        {"\x00", 1},
        {"\x7f", 1},
        {"\r", 1},
        {"\xe4", 1},     /* Latin-1 */
        {"\x80", 1},     /* begins within a character */
        {"\xc0\xaf", 2}, /* longer than it need be */
        {"\xe0\x80\xaf", 3},
        {"\xf0\x80\x80\xaf", 4},
        {"\xed\xa0\x80", 3},     /* a surrogate */
        {"\xf4\x90\x80\x80", 4}, /* past U+10FFFF */
        {"\xf8\x88\x80\x80", 4},
        {"\xe2\x82", 2}, /* ends too early */
        {"\xff", 1},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char text[64] = "title \xc3\xa4";
        size_t length = strlen(text);
        struct config_cursor cursor;

        memcpy(text + length, bad[i].bytes, bad[i].length);
        length += bad[i].length;
        text[length++] = 'z';
        memcpy(text + length, "\nentry e", 8);
        config_start(&cursor, text, length + 8);
        assert_bad(&cursor, ERROR_CONFIG_CHARACTER, 1, 8);
        assert_line(&cursor, 2, CONFIG_ENTRY, "e", "");
        assert_end(&cursor);
    }
}

/* Comments may be in any encoding. */
static void test_comments_are_not_read(void **state)
{
    struct config_cursor cursor = start("# gr\xfc\xdf\x65\n \t#\x01\nentry e\n");

    (void)state;
    assert_line(&cursor, 3, CONFIG_ENTRY, "e", "");
    assert_end(&cursor);
}

static void test_garbage_ends(void **state)
{
    enum { SIZE = 1 << 20 };
    uint8_t *bytes = malloc(SIZE);
    struct config_cursor cursor;
    struct config_line out;
    struct error error;
    uint32_t random = 1, lines = 0;

    (void)state;
    assert_non_null(bytes);
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)next_random(&random);
    config_start(&cursor, (const char *)bytes, SIZE);
    while (config_next(&cursor, &out, &error) || error.code != ERROR_NONE)
        lines++;
    assert_in_range(lines, 1000, 10000);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_bad_keys),
        cmocka_unit_test(test_long_key_is_cut_between_characters),
        cmocka_unit_test(test_characters),
        cmocka_unit_test(test_comments_are_not_read),
        cmocka_unit_test(test_garbage_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
