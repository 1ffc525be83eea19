/* SPDX-License-Identifier: MIT */
#include "format/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
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

#define HASH "00112233445566778899aAbBcCdDeEfF000102030405060708090a0b0c0d0eFe"

static void test_hash(void **state)
{
    struct config_cursor cursor = start("sha256 " HASH "\n"
                                        "sha256 " HASH "0\n"
                                        "sha256  g" HASH "\n"
                                        "sha256 0123\n"
                                        "sha256 \xc3\xa4" HASH "\n");
    struct config_line out;
    struct error error;

    (void)state;
    assert_true(config_next(&cursor, &out, &error));
    assert_int_equal(out.key, CONFIG_SHA256);
    assert_memory_equal(out.sha256,
                        "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff"
                        "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\xfe",
                        SHA256_SIZE);
    assert_bad(&cursor, ERROR_CONFIG_NO_HASH, 2, 8);
    assert_bad(&cursor, ERROR_CONFIG_NO_HASH, 3, 9);
    assert_bad(&cursor, ERROR_CONFIG_NO_HASH, 4, 8);
    assert_bad(&cursor, ERROR_CONFIG_NO_HASH, 5, 8);
    assert_end(&cursor);
}

static void test_size(void **state)
{
    struct config_cursor cursor = start("resolution 1280x800\n"
                                        "resolution 1280\n"
                                        "resolution 1280x\n"
                                        "resolution x800\n"
                                        "resolution 1280x800x\n"
                                        "resolution 0x800\n"
                                        "resolution 1280x0\n"
                                        "resolution -1x800\n"
                                        "resolution 1280 x 800\n"
                                        "resolution 4294967297x800\n"
                                        "resolution 999999999x1\n");
    struct config_line out;
    struct error error;

    (void)state;
    assert_true(config_next(&cursor, &out, &error));
    assert_int_equal(out.width, 1280);
    assert_int_equal(out.height, 800);
    for (uint32_t line = 2; line <= 10; line++)
        assert_bad(&cursor, ERROR_CONFIG_NO_SIZE, line, 12);
    assert_true(config_next(&cursor, &out, &error));
    assert_int_equal(out.width, 999999999);
    assert_end(&cursor);
}

/* Lines say which entry they belong to. */
static void test_entries(void **state)
{
    static const struct {
        uint32_t entry;
        bool is_for_all;
    } expected[] = {{0, true},  {0, true},  {0, false}, {0, false},
                    {1, false}, {1, false}, {2, false}};
    struct config_cursor cursor = start("resolution 1x1\nkernel /a\nentry a\ntitle a\n"
                                        "entry b\ntitle b\nentry c\n");
    struct config_line out;
    struct error error;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        assert_true(config_next(&cursor, &out, &error));
        assert_int_equal(out.entry, expected[i].entry);
        assert_int_equal(out.is_for_all, expected[i].is_for_all);
    }
    assert_end(&cursor);
}

static struct config_line read_good(const char *text)
{
    struct config_cursor cursor = start(text);
    struct config_line out;
    struct error error = {0};

    if (!config_next(&cursor, &out, &error))
        fail_msg("%s", text);
    return out;
}

static void test_timeout_and_editor(void **state)
{
    (void)state;
    assert_int_equal(read_good("timeout 0").seconds, 0);
    assert_int_equal(read_good("timeout 30").seconds, 30);
    assert_int_equal(read_good("timeout none").seconds, CONFIG_WAIT_FOR_EVER);
    assert_true(read_good("editor on").is_on);
    assert_false(read_good("editor off").is_on);
}

static void test_serial(void **state)
{
    struct config_line line = read_good("serial com2 \t 9600");

    (void)state;
    assert_int_equal(line.port, 0x2f8);
    assert_int_equal(line.speed, 9600);
    assert_true(line.is_on);
    assert_int_equal(read_good("serial com1").speed, 115200);
    assert_int_equal(read_good("serial com1").port, 0x3f8);
    assert_int_equal(read_good("serial com3").port, 0x3e8);
    assert_int_equal(read_good("serial com4").port, 0x2e8);
    assert_int_equal(read_good("serial 0xFfe8 300").port, 0xffe8);
    assert_false(read_good("serial off").is_on);
}

static void test_log(void **state)
{
    struct config_line line = read_good("log warning serial disk");

    (void)state;
    assert_int_equal(line.level, 1);
    assert_int_equal(line.sinks, CONFIG_SINK_SERIAL | CONFIG_SINK_DISK);
    assert_int_equal(read_good("log detail").level, 4);
    assert_int_equal(read_good("log detail").sinks, CONFIG_SINKS);
    assert_int_equal(read_good("log error screen debugcon").sinks,
                     CONFIG_SINK_SCREEN | CONFIG_SINK_DEBUGCON);
}

static void test_slot_and_chainload(void **state)
{
    struct config_line line = read_good("slot 10  255");

    (void)state;
    assert_int_equal(line.priority, 10);
    assert_int_equal(line.attempts, 255);
    line = read_good("chainload partition 3");
    assert_int_equal(line.partition, 3);
    assert_false(config_names_file(&line));
    line = read_good("chainload \"/EFI/my os/x.efi\"");
    assert_int_equal(line.partition, 0);
    assert_text(line.value, "/EFI/my os/x.efi");
    assert_true(config_names_file(&line));
}

static void test_bad_values(void **state)
{
    static const struct {
        const char *text;
        enum error_code code;
    } bad[] = {
        {"timeout never", ERROR_CONFIG_NO_TIMEOUT},
        {"timeout -1", ERROR_CONFIG_NO_TIMEOUT},
        {"timeout 5 s", ERROR_CONFIG_NO_TIMEOUT},
        {"timeout 1234567890", ERROR_CONFIG_NO_TIMEOUT},
        {"editor yes", ERROR_CONFIG_NO_SWITCH},
        {"editor o", ERROR_CONFIG_NO_SWITCH},
        {"serial com5", ERROR_CONFIG_NO_PORT},
        {"serial com0", ERROR_CONFIG_NO_PORT},
        {"serial 0x", ERROR_CONFIG_NO_PORT},
        {"serial 0x0", ERROR_CONFIG_NO_PORT},
        {"serial 0x12345", ERROR_CONFIG_NO_PORT},
        {"serial 0x3fg", ERROR_CONFIG_NO_PORT},
        {"serial 3f8", ERROR_CONFIG_NO_PORT},
        {"serial com1 0", ERROR_CONFIG_NO_PORT},
        {"serial com1 100000", ERROR_CONFIG_NO_PORT},
        {"serial com1 115200 8N1", ERROR_CONFIG_NO_PORT},
        {"serial com1 230400", ERROR_CONFIG_NO_PORT},
        {"serial off 9600", ERROR_CONFIG_NO_PORT},
        {"log screen", ERROR_CONFIG_NO_LOG},
        {"log infos", ERROR_CONFIG_NO_LOG},
        {"log info printer", ERROR_CONFIG_NO_LOG},
        {"slot 1", ERROR_CONFIG_NO_SLOT},
        {"slot 1 0", ERROR_CONFIG_NO_SLOT},
        {"slot 1 256", ERROR_CONFIG_NO_SLOT},
        {"slot 1 2 3", ERROR_CONFIG_NO_SLOT},
        {"slot a 2", ERROR_CONFIG_NO_SLOT},
        {"chainload grub.efi", ERROR_CONFIG_NO_PARTITION},
        {"chainload partition", ERROR_CONFIG_NO_PARTITION},
        {"chainload partition 0", ERROR_CONFIG_NO_PARTITION},
        {"chainload partition 1 2", ERROR_CONFIG_NO_PARTITION},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct config_cursor cursor = start(bad[i].text);

        assert_bad(&cursor, bad[i].code, 1, (uint64_t)(strchr(bad[i].text, ' ') - bad[i].text) + 2);
        assert_end(&cursor);
    }
}

static void assert_default(const char *text, enum error_code code, uint32_t expected)
{
    struct error error = {0};
    uint32_t entry = 4711;

    assert_int_equal(config_default_entry(text, strlen(text), &entry, &error), code == ERROR_NONE);
    assert_int_equal(error.code, code);
    assert_int_equal(entry, expected);
}

static void test_default(void **state)
{
    (void)state;
    assert_default("", ERROR_NONE, 0);
    assert_default("entry a\nentry b\n", ERROR_NONE, 0);
    assert_default("default b\nentry a\nentry b\nentry b\n", ERROR_NONE, 1);
    assert_default("default a b\nentry a\nentry a b\n", ERROR_NONE, 1);
    assert_default("what is this\ndefault b\nkernel \"\nentry a\nentry b", ERROR_NONE, 1);
    assert_default("default a\ndefault b\nentry a\nentry b", ERROR_NONE, 1);
    assert_default("default bb\nentry a\nentry b\nentry bbb\n", ERROR_CONFIG_NO_ENTRY, 0);
    assert_default("default b\n", ERROR_CONFIG_NO_ENTRY, 0);
}

static void test_expected_hash(void **state)
{
    struct expected_hash expected = {.is_known = false};
    uint8_t found[SHA256_SIZE] = {0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0, 0x11};
    struct error error = {0};

    (void)state;
    assert_true(expected_hash_check(&expected, found, &error));
    expected.is_known = true;
    assert_false(expected_hash_check(&expected, found, &error));
    assert_error(&error, ERROR_HASH_DIFFERS);
    assert_int_equal(error.numbers[0], 0x123456789abcdef0);
    assert_int_equal(error.numbers[1], 0);
    memcpy(expected.sha256, found, sizeof(found));
    assert_true(expected_hash_check(&expected, found, &error));
    found[SHA256_SIZE - 1] ^= 1; /* the last byte counts, too */
    assert_false(expected_hash_check(&expected, found, &error));
}

/* What docs/boot-conf.md says of each key's value, in its order, and what the reader makes of it.
 */
static const struct {
    const char *key, *value;
    const char *accepted[3], *refused[3];
} documented_keys[] = {
    {"timeout", "seconds, or `none`", {"0", "90", "none"}, {"soon", "1 s", "-1"}},
    {"default", "name", {"main", "the second one", "\"a\""}, {"\x01"}},
    {"editor", "`on` or `off`", {"on", "off"}, {"yes", "1", "on off"}},
    {"serial", "port [speed], or `off`", {"com2", "0x3f8 9600", "off"}, {"on", "com5", "com1 7"}},
    {"log", "level [places]", {"error", "info screen serial"}, {"screen", "all", "info paper"}},
    {"entry", "name", {"main", "the second one"}, {"\xff"}},
    {"title", "text", {"My system", "# 1 \"quoted\""}, {"\x7f"}},
    {"kernel", "path", {"/kernel.elf", "\"/a b\""}, {"/kernel.elf quiet", "\"/a", "\"/a\"b"}},
    {"options", "text", {"root=/dev/sda1  quiet", "\""}, {"\x01"}},
    {"module", "path [arguments]", {"/a", "/a ro", "\"/a b\" ro rw"}, {"\"/a b", "\"\""}},
    {"optional", "path [arguments]", {"/a", "/a ro", "\"/a b\" ro rw"}, {"\"/a b", "\"\""}},
    {"sha256", "64 hexadecimal digits", {HASH}, {"0123", HASH "0", HASH " x"}},
    {"resolution", "WIDTHxHEIGHT", {"640x480"}, {"640", "640 x 480", "0x480"}},
    {"slot", "priority attempts", {"0 1", "10 255"}, {"10", "10 0", "10 256"}},
    {"chainload",
     "path, or `partition` number",
     {"/a.efi", "\"/a b.efi\"", "partition 3"},
     {"a.efi", "partition", "/a.efi quiet"}},
};

static bool is_accepted(const char *key, const char *value)
{
    struct config_cursor cursor;
    struct config_line line;
    struct error error = {0};
    char text[200];

    snprintf(text, sizeof(text), "%s %s", key, value);
    cursor = start(text);
    return config_next(&cursor, &line, &error) && strcmp(config_word(line.key), key) == 0;
}

static void test_values_of_documented_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(documented_keys); i++) {
        const char *key = documented_keys[i].key;

        assert_non_null(documented_keys[i].accepted[0]);
        assert_non_null(documented_keys[i].refused[0]);
        assert_false(is_accepted(key, ""));
        for (size_t j = 0; j < 3; j++) {
            const char *accepted = documented_keys[i].accepted[j];
            const char *refused = documented_keys[i].refused[j];

            if (accepted != NULL && !is_accepted(key, accepted))
                fail_msg("refused: %s %s", key, accepted);
            if (refused != NULL && is_accepted(key, refused))
                fail_msg("accepted: %s %s", key, refused);
        }
    }
}

/* The keys of docs/boot-conf.md are those of the reader, in their order; so are their values. */
static void test_documented_keys(void **state)
{
    static const char *const words[] = {
#define KEY(constant, word, value) word,
#include "format/config_keys.def"
#undef KEY
    };
    FILE *file = fopen(SOURCE_DIRECTORY "/docs/boot-conf.md", "r");
    char line[1000];
    size_t key = 0;

    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL && strncmp(line, "| key |", 7) != 0)
        ;
    assert_non_null(fgets(line, sizeof(line), file)); /* the rule below the heads */
    while (fgets(line, sizeof(line), file) != NULL && line[0] == '|') {
        char documented[32], value[64];

        assert_int_equal(sscanf(line, "| `%31[^`]` | %63[^|] |", documented, value), 2);
        value[strlen(value) - 1] = '\0'; /* the space in front of the line */
        assert_true(key < COUNT_OF(words) && key < COUNT_OF(documented_keys));
        assert_string_equal(documented_keys[key].key, words[key]);
        assert_string_equal(documented_keys[key].value, value);
        assert_string_equal(documented, words[key++]);
    }
    assert_int_equal(key, COUNT_OF(words));
    assert_int_equal(key, COUNT_OF(documented_keys));
    fclose(file);
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
        cmocka_unit_test(test_hash),
        cmocka_unit_test(test_size),
        cmocka_unit_test(test_timeout_and_editor),
        cmocka_unit_test(test_serial),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_slot_and_chainload),
        cmocka_unit_test(test_bad_values),
        cmocka_unit_test(test_entries),
        cmocka_unit_test(test_default),
        cmocka_unit_test(test_expected_hash),
        cmocka_unit_test(test_documented_keys),
        cmocka_unit_test(test_values_of_documented_keys),
        cmocka_unit_test(test_long_key_is_cut_between_characters),
        cmocka_unit_test(test_characters),
        cmocka_unit_test(test_comments_are_not_read),
        cmocka_unit_test(test_garbage_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
