/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "support.h"

static void test_message(void **state)
{
    struct error error;
    char text[1024];

    (void)state;
    assert_false(FAIL_WITH(&error, ELF_TRUNCATED, "segment 2", 4096, 100));
    size_t length = error_print(&error, text, sizeof(text));
    assert_int_equal(length, strlen(text));
    assert_string_equal(text, "segment 2 ends at byte 4096, but the file has only 100 bytes "
                              "[elf-truncated]\n"
                              "  what to do: the file is cut short: build or copy it again\n");

    assert_false(error_in(&error, "/kernel.elf"));
    assert_false(error_in(&error, "the boot"));
    error_print(&error, text, sizeof(text));
    assert_memory_equal(text, "/kernel.elf: segment 2 ends", 27);

    assert_false(FAIL(&error, ELF_NOT_ELF, 0x5a4d));
    assert_string_equal(error.object, "");
    assert_string_equal(error.detail, "");
    error_print(&error, text, sizeof(text));
    assert_non_null(strstr(text, "begins with the bytes 0x5a4d ["));
}

static void test_long_names_are_cut(void **state)
{
    struct error error;
    char name[1000], text[1024];

    (void)state;
    memset(name, 'x', sizeof(name));
    name[sizeof(name) - 1] = '\0';
    FAIL_WITH(&error, CONFIG_UNKNOWN_KEY, name, UINT64_MAX, UINT64_MAX);
    error_in(&error, name);
    assert_int_equal(strlen(error.object), sizeof(error.object) - 1);
    assert_int_equal(strlen(error.detail), sizeof(error.detail) - 1);
    assert_true(error_print(&error, text, sizeof(text)) < sizeof(text) - 1);
}

static void test_message_is_cut_to_the_buffer(void **state)
{
    struct error error;
    char whole[1024], text[1024];

    (void)state;
    FAIL_WITH(&error, ELF_TRUNCATED, "the header", 64, 3);
    error_in(&error, "/kernel.elf");
    size_t length = error_print(&error, whole, sizeof(whole));
    for (size_t capacity = 1; capacity <= length + 1; capacity++) {
        text[capacity] = '#';
        assert_int_equal(error_print(&error, text, capacity), capacity - 1);
        assert_memory_equal(text, whole, capacity - 1);
        assert_int_equal(text[capacity - 1], '\0');
        assert_int_equal(text[capacity], '#');
    }
}

/* What error_print() takes for granted about errors.def. */
static const struct {
    const char *name, *cause, *remedy;
} errors[] = {
#define ERROR(code, name, cause, remedy) {name, cause, remedy},
#include "base/errors.def"
#undef ERROR
};

static void test_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        struct error error = {.code = (enum error_code)(i + 1)};
        char text[1024];

        for (const char *c = errors[i].name; *c != '\0'; c++)
            assert_true(islower((unsigned char)*c) || isdigit((unsigned char)*c) || *c == '-');
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(errors[i].name, errors[j].name);
        for (const char *c = strchr(errors[i].cause, '{'); c != NULL; c = strchr(c + 1, '{')) {
            bool is_number =
                c[1] >= '0' && c[1] <= '3' && (c[2] == '}' || (c[2] == 'x' && c[3] == '}'));

            if (!is_number && strncmp(c, "{s}", 3) != 0)
                fail_msg("%s: strange placeholder", errors[i].name);
        }
        assert_null(strchr(errors[i].remedy, '{'));

        memset(error.object, 'o', sizeof(error.object) - 1);
        memset(error.detail, 'd', sizeof(error.detail) - 1);
        memset(error.numbers, 0xff, sizeof(error.numbers));
        assert_true(error_print(&error, text, sizeof(text)) < sizeof(text) - 1);
        assert_string_equal(error_name(error.code), errors[i].name);
    }
}

/* The message as docs/errors.md has it: with an ellipsis for each placeholder. */
static void print_documented(char *to, const char *cause)
{
    while (*cause != '\0') {
        if (*cause == '{') {
            to = stpcpy(to, "\xe2\x80\xa6");
            cause = strchr(cause, '}') + 1;
        } else {
            *to++ = *cause++;
        }
    }
    *to = '\0';
}

/* docs/errors.md has one row "| `NAME` | MESSAGE | ..." for each error, and no others. */
static void test_documentation(void **state)
{
    uint64_t size;
    char *text = (char *)load_file(SOURCE_DIRECTORY "/docs/errors.md", &size);
    size_t rows = 0;

    (void)state;
    text[size] = '\0';
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        char message[512], row[640];

        print_documented(message, errors[i].cause);
        snprintf(row, sizeof(row), "\n| `%s` | %s | ", errors[i].name, message);
        const char *place = strstr(text, row);
        if (place == NULL)
            fail_msg("docs/errors.md needs a row that begins like this:%s", row);
        if (strstr(place + 1, row) != NULL)
            fail_msg("docs/errors.md explains %s twice", errors[i].name);
    }
    for (const char *row = strstr(text, "\n| `"); row != NULL; row = strstr(row + 1, "\n| `"))
        rows++;
    if (rows != COUNT_OF(errors))
        fail_msg("docs/errors.md has %zu errors, errors.def %zu", rows, COUNT_OF(errors));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_message),
        cmocka_unit_test(test_long_names_are_cut),
        cmocka_unit_test(test_message_is_cut_to_the_buffer),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_documentation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
