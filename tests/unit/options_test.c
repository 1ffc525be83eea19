/* SPDX-License-Identifier: MIT */
#include "cli/contents.h"
#include "cli/options.h"
#include "disk/partition_type.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

/* Takes a copy of the text, which is cut up, as the value of an option. */
static enum exit_status take(struct contents *contents, int option, char *copy)
{
    return contents_take(contents, "build", option, copy);
}

static void assert_module(const char *text, const char *path, const char *name,
                          const char *arguments)
{
    struct contents contents = {0};
    char *copy = strdup(text);

    assert_true(take(&contents, OPTION_MODULE, copy) == EXIT_DONE);
    assert_int_equal(contents.module_count, 1);
    assert_string_equal(contents.modules[0].path, path);
    if (name == NULL)
        assert_null(contents.modules[0].name);
    else
        assert_string_equal(contents.modules[0].name, name);
    assert_string_equal(contents.modules[0].arguments, arguments);
    contents_free(&contents);
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
    assert_int_equal(take(&contents, OPTION_MODULE, nothing), EXIT_USAGE);
    assert_int_equal(take(&contents, OPTION_MODULE, no_file), EXIT_USAGE);
    assert_int_equal(contents.module_count, 0);
}

static void assert_file(int option, const char *text, const char *source, const char *path)
{
    struct contents contents = {0};
    char *copy = strdup(text);

    assert_int_equal(take(&contents, option, copy), EXIT_DONE);
    assert_int_equal(contents.file_count, 1);
    assert_string_equal(contents.files[0].source, source);
    assert_string_equal(contents.files[0].path, path);
    assert_int_equal(contents.files[0].is_tree, option == OPTION_TREE);
    contents_free(&contents);
    free(copy);
}

static void takes_files_apart(void **state)
{
    (void)state;
    assert_file(OPTION_FILE, "a", "a", "/a");
    assert_file(OPTION_FILE, "x/y/a", "x/y/a", "/a");
    assert_file(OPTION_FILE, "x/a:", "x/a", "a");
    assert_file(OPTION_FILE, "x/a:/", "x/a", "/a");
    assert_file(OPTION_FILE, "x/a:y/", "x/a", "y/a");
    assert_file(OPTION_FILE, "x/a:y/b", "x/a", "y/b");
    assert_file(OPTION_FILE, "x\\:a:b\\:c", "x:a", "b:c");
    assert_file(OPTION_TREE, "x/y", "x/y", "/");
    assert_file(OPTION_TREE, "x/y:z", "x/y", "z");
}

static void takes_sizes(void **state)
{
    static const struct {
        const char *text;
        uint64_t size;
    } good[] = {
        {"0", 0},
        {"1", 1},
        {"007", 7},
        {"64K", 64 << 10},
        {"64k", 64 << 10},
        {"3M", 3 << 20},
        {"3MiB", 3 << 20},
        {"2g", UINT64_C(2) << 30},
        {"1T", UINT64_C(1) << 40},
        {"18446744073709551615", UINT64_MAX},
    };
    static const char *const refused[] = {
        "",    "M",   "-1",  "+1",   " 1",   "1 ",        "1X",
        "1MB", "1Mi", "1KK", "0x10", "1.5M", "16777216T", "18446744073709551616"};
    uint64_t size = 77;

    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        assert_false(parse_size(refused[i], &size));
    assert_int_equal(size, 77);
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(parse_size(good[i].text, &size));
        assert_true(size == good[i].size);
    }
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
        cmocka_unit_test(takes_modules_apart), cmocka_unit_test(refuses_a_module_without_a_file),
        cmocka_unit_test(takes_files_apart),   cmocka_unit_test(takes_sizes),
        cmocka_unit_test(takes_schemes),       cmocka_unit_test(takes_types_of_partitions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
