/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

static void assert_module(const char *text, const char *path, const char *name,
                          const char *arguments)
{
    struct contents contents = {0};
    char *copy = strdup(text);

    assert_true(contents_add_module(&contents, copy));
    assert_int_equal(contents.module_count, 1);
    assert_string_equal(contents.modules[0].path, path);
    if (name == NULL)
        assert_null(contents.modules[0].name);
    else
        assert_string_equal(contents.modules[0].name, name);
    assert_string_equal(contents.modules[0].arguments, arguments);
    free(contents.modules);
    free(copy);
}

static void takes_modules_apart(void **state)
{
    (void)state;
    assert_module("a", "a", NULL, "");
    assert_module("a:b", "a", "b", "");
    assert_module("a:b:c", "a", "b", "c");
    assert_module("a::c", "a", NULL, "c");
    assert_module("a:", "a", NULL, "");
    assert_module("a:b:c:d e:\\f", "a", "b", "c:d e:\\f");
    assert_module("c\\:/a:b", "c:/a", "b", "");
    assert_module("a\\\\:b", "a\\", "b", "");
    assert_module("a\\b:c\\:d:\\:", "a\\b", "c:d", "\\:");
    assert_module("a\\", "a\\", NULL, "");
}

static void refuses_a_module_without_a_file(void **state)
{
    struct contents contents = {0};
    char nothing[] = "", no_file[] = ":name";

    (void)state;
    assert_false(contents_add_module(&contents, nothing));
    assert_false(contents_add_module(&contents, no_file));
    assert_int_equal(contents.module_count, 0);
}

static void takes_schemes(void **state)
{
    enum mkimage_scheme scheme = MKIMAGE_GPT;

    (void)state;
    assert_true(parse_scheme("mbr", &scheme));
    assert_int_equal(scheme, MKIMAGE_MBR);
    assert_false(parse_scheme("MBR", &scheme));
    assert_false(parse_scheme("", &scheme));
    assert_int_equal(scheme, MKIMAGE_MBR);
    assert_true(parse_scheme("gpt", &scheme));
    assert_int_equal(scheme, MKIMAGE_GPT);
}

static void takes_types_of_partitions(void **state)
{
    static const char *const refused[] = {
        "",    "0",    "5",   "0x0f", "0x85", "0xee", "256",
        "-17", "0xeg", " 12", "12 ",  "x",    "+12",  "18446744073709551629"};
    uint8_t type = 0x77;

    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        assert_false(parse_mbr_type(refused[i], &type));
    assert_int_equal(type, 0x77);
    assert_true(parse_mbr_type("0xef", &type));
    assert_int_equal(type, 0xef);
    assert_true(parse_mbr_type("12", &type));
    assert_int_equal(type, 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_modules_apart),
        cmocka_unit_test(refuses_a_module_without_a_file),
        cmocka_unit_test(takes_schemes),
        cmocka_unit_test(takes_types_of_partitions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
