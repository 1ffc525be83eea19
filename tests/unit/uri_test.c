/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "base/units.h"
#include "guarded.h"
#include "network/uri.h"

static struct boot_uri found;
static char joined[URI_SIZE_MAX];

static bool find(const char *uri)
{
    return uri_find_root(uri, strlen(uri), &found);
}

static void finds_the_root(void **state)
{
    static const struct {
        const char *uri, *root, *host;
    } cases[] = {
        {"http://10.0.0.1/EFI/BOOT/BOOTX64.EFI", "http://10.0.0.1/", "10.0.0.1"},
        {"http://10.0.0.1/a/efi/boot/x.efi", "http://10.0.0.1/a/", "10.0.0.1"},
        {"http://10.0.0.1/a/b.efi", "http://10.0.0.1/a/", "10.0.0.1"},
        {"http://h:8080/b.efi", "http://h:8080/", "h:8080"},
        {"http://h", "http://h/", "h"},
        {"http://h/", "http://h/", "h"},
        {"HTTPS://Host.Example/A/b", "HTTPS://Host.Example/A/", "Host.Example"},
        {"http://[fd00::1]:80/x", "http://[fd00::1]:80/", "[fd00::1]:80"},
        {"http://me:my@self@h/a/b", "http://me:my@self@h/a/", "h"},
        {"http://h/a/b?file=/c/d", "http://h/a/", "h"},
        {"http://h?a/b", "http://h/", "h"},
        {"http://h/a/b#c/d", "http://h/a/", "h"},
        {"http://h/a%20b/c", "http://h/a%20b/", "h"},
        {"http://h/a b/\xc3\xa9/c", "http://h/a%20b/%C3%A9/", "h"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_true(find(cases[i].uri));
        assert_string_equal(found.root, cases[i].root);
        assert_string_equal(found.host, cases[i].host);
    }
    assert_true(uri_find_root("http://h/a\0/b", 13, &found)); /* some end it with a NUL */
    assert_string_equal(found.root, "http://h/");
}

static void refuses_what_it_cannot_use(void **state)
{
    static const char *const cases[] = {
        "",          "http",          "http:/",           "http://",
        "http:///a", "http://:80/a",  "http://me@/a",     "tftp://h/a",
        "/a/b",      "htt\x10://h/a", "http:\x0f\x0fh/a", "http\x1a//h/a",
    };
    struct boot_uri untouched;

    (void)state;
    memset(&untouched, 0xee, sizeof(untouched));
    found = untouched;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_false(find(cases[i]));
    assert_memory_equal(&found, &untouched, sizeof(found));
}

/* At the limits, and no byte beyond what it is given. */
static void knows_its_limits(void **state)
{
    static char uri[2 * URI_SIZE_MAX], path[URI_SIZE_MAX];
    const char start[] = "http://h/";

    (void)state;
    memset(uri, 'a', sizeof(uri));
    memcpy(uri, start, strlen(start));
    uri[URI_SIZE_MAX - 3] = '/';
    assert_true(uri_find_root(uri, URI_SIZE_MAX, &found));
    assert_int_equal(strlen(found.root), URI_SIZE_MAX - 2);
    assert_true(uri_join(&found, "/x", joined));
    assert_int_equal(strlen(joined), URI_SIZE_MAX - 1);
    strcpy(joined, "untouched");
    assert_false(uri_join(&found, "/xy", joined));
    assert_false(uri_join(&found, "/\xc3\xa9", joined));
    assert_string_equal(joined, "untouched");
    uri[URI_SIZE_MAX - 2] = '/';
    assert_false(uri_find_root(uri, URI_SIZE_MAX, &found));
    uri[URI_SIZE_MAX - 2] = uri[URI_SIZE_MAX - 3] = 'a';
    assert_true(uri_find_root(uri, sizeof(uri), &found));
    memset(path, ' ', sizeof(path) - 1);
    assert_false(uri_join(&found, path, joined));

    memset(uri, 'a', sizeof(uri));
    memcpy(uri, "http://", 7);
    assert_true(uri_find_root(uri, 7 + URI_HOST_MAX - 1, &found));
    assert_int_equal(strlen(found.host), URI_HOST_MAX - 1);
    assert_false(uri_find_root(uri, 7 + URI_HOST_MAX, &found));

    for (size_t length = 0; length <= 9; length++) {
        struct guarded guarded = guarded_make(length, GUARDED_AFTER);

        memcpy(guarded.bytes, start, length);
        assert_int_equal(uri_find_root(guarded.bytes, length, &found), length > 7);
        guarded_free(&guarded);
    }
}

static void joins_paths(void **state)
{
    static const struct {
        const char *path, *uri;
    } cases[] = {
        {"/kernel.elf", "http://h/a%20b/kernel.elf"},
        {"kernel.elf", "http://h/a%20b/kernel.elf"},
        {"//b/c", "http://h/a%20b/b/c"},
        {"/AZaz09-._~/", "http://h/a%20b/AZaz09-._~/"},
        {"/a b+c?d#e%20\xc3\xa9\x7f", "http://h/a%20b/a%20b%2Bc%3Fd%23e%2520%C3%A9%7F"},
    };

    (void)state;
    assert_true(find("http://h/a b/x.efi"));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_true(uri_join(&found, cases[i].path, joined));
        assert_string_equal(joined, cases[i].uri);
    }
}

static void finds_addresses(void **state)
{
    static const uint8_t expected[] = {192, 168, 0, 1};
    uint8_t address[IP4_SIZE] = {0};

    (void)state;
    assert_true(find("http://192.168.0.1:8080/x"));
    assert_true(uri_find_ip4(&found, address));
    assert_memory_equal(address, expected, sizeof(expected));
    assert_true(find("http://192.168.0.1/x"));
    assert_true(uri_find_ip4(&found, address));
    assert_true(find("http://192.168.0.1.example/x"));
    assert_false(uri_find_ip4(&found, address));
    assert_true(find("http://[fd00::1]/x"));
    assert_false(uri_find_ip4(&found, address));
    assert_memory_equal(address, expected, sizeof(expected));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_root),   cmocka_unit_test(refuses_what_it_cannot_use),
        cmocka_unit_test(knows_its_limits), cmocka_unit_test(joins_paths),
        cmocka_unit_test(finds_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
