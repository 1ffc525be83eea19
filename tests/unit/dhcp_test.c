/* SPDX-License-Identifier: MIT */
#include "guarded.h"
#include "unit.h"

#include <string.h>

#include "network/dhcp.h"

enum {
    YIADDR = 16,
    SIADDR = 20,
    SNAME = 44,
    FILE_NAME = 108,
    COOKIE = 236,
    OPTIONS = 240,
    PACKET_SIZE = 1472
};

static uint8_t packet[PACKET_SIZE];
static size_t used; /* bytes of it */
static struct boot_file found;

/* A reply without boot file and server. */
static int start(void **state)
{
    static const uint8_t cookie[] = {99, 130, 83, 99};

    (void)state;
    memset(packet, 0, sizeof(packet));
    memcpy(packet + COOKIE, cookie, sizeof(cookie));
    used = OPTIONS;
    memset(&found, 0xee, sizeof(found));
    return 0;
}

static void add_option(uint8_t tag, const void *bytes, uint8_t length)
{
    packet[used++] = tag;
    packet[used++] = length;
    memcpy(packet + used, bytes, length);
    used += length;
}

static void set_server(uint8_t last)
{
    const uint8_t address[] = {192, 168, 7, last};

    memcpy(packet + SIADDR, address, sizeof(address));
}

/* In memory that ends where the packet does. */
static bool find(size_t size)
{
    struct guarded guarded = guarded_make(size, GUARDED_AFTER);

    memcpy(guarded.bytes, packet, size);
    bool is_found = dhcp_find_boot_file(guarded.bytes, size, &found);
    guarded_free(&guarded);
    return is_found;
}

static void expect(const char *path, uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
    const uint8_t server[] = {a, b, c, d};

    assert_true(find(PACKET_SIZE));
    assert_string_equal(found.path, path);
    assert_memory_equal(found.server, server, sizeof(server));
}

static void expect_nothing(size_t size)
{
    struct boot_file before;

    memset(&before, 0xee, sizeof(before));
    found = before;
    assert_false(find(size));
    assert_memory_equal(&found, &before, sizeof(found));
}

static void reads_the_header(void **state)
{
    (void)state;
    expect_nothing(PACKET_SIZE);
    set_server(1);
    expect_nothing(PACKET_SIZE);
    strcpy((char *)packet + FILE_NAME, "a/BOOTX64.EFI");
    expect("a/BOOTX64.EFI", 192, 168, 7, 1);
    assert_true(find(COOKIE)); /* BOOTP, without options */
    expect_nothing(COOKIE - 1);
    expect_nothing(0);
    memset(packet + FILE_NAME, 'x', 128); /* and no NUL */
    assert_true(find(PACKET_SIZE));
    assert_int_equal(strlen(found.path), 128);
}

static void prefers_option_67(void **state)
{
    char longest[255];

    (void)state;
    set_server(1);
    strcpy((char *)packet + FILE_NAME, "old");
    add_option(67, "new\0junk", 8);
    expect("new", 192, 168, 7, 1);
    start(NULL);
    set_server(1);
    strcpy((char *)packet + FILE_NAME, "old");
    add_option(67, "", 0); /* says nothing */
    expect("old", 192, 168, 7, 1);
    start(NULL);
    set_server(1);
    memset(longest, 'x', sizeof(longest));
    add_option(67, longest, sizeof(longest));
    assert_true(find(PACKET_SIZE));
    assert_int_equal(strlen(found.path), sizeof(longest));
}

static void finds_the_server(void **state)
{
    (void)state;
    strcpy((char *)packet + FILE_NAME, "file");
    add_option(54, "\x0a\x00\x02\x02", 4);
    expect("file", 10, 0, 2, 2);
    add_option(66, "10.1.20.255", 11);
    expect("file", 10, 1, 20, 255);
    set_server(9);
    expect("file", 192, 168, 7, 9);
}

/* Names, and what looks like an address: the DHCP server it is. */
static void takes_only_addresses_for_addresses(void **state)
{
    static const char *const others[] = {
        "boot",     "1.2.3",  "1.2.3.",   "1.2.3.4.5", "1.2.3.256", "1.2.3.0004", "1..3.4",
        "1.2.3.4x", ".1.2.3", "1.2.3.4.", "1.2.3.4 ",  "",          "1.2.3.-4",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        start(NULL);
        strcpy((char *)packet + FILE_NAME, "file");
        add_option(66, others[i], (uint8_t)strlen(others[i]));
        expect_nothing(PACKET_SIZE);
        add_option(54, "\x0a\x00\x02\x02", 4);
        expect("file", 10, 0, 2, 2);
    }
    start(NULL);
    strcpy((char *)packet + FILE_NAME, "file");
    add_option(66, "1.2.3.4", 8); /* with its NUL */
    expect("file", 1, 2, 3, 4);
    start(NULL);
    strcpy((char *)packet + FILE_NAME, "file");
    add_option(54, "\x0a\x00\x02", 3);
    expect_nothing(PACKET_SIZE);
}

/* RFC 2131, 4.1: fields of the header hold more options. */
static void reads_overloaded_fields(void **state)
{
    (void)state;
    set_server(1);
    add_option(52, "\x03", 1);
    packet[used++] = 255;
    memcpy(packet + FILE_NAME, "\x0c\x01h\xff", 4); /* a host name, and no file */
    expect_nothing(PACKET_SIZE);
    memcpy(packet + SNAME,
           "\x00\x00\x43\x03"
           "abc\xff",
           8);
    expect("abc", 192, 168, 7, 1);
    memcpy(packet + FILE_NAME,
           "\x43\x02"
           "xy\xff",
           5);
    expect("xy", 192, 168, 7, 1);
    start(NULL);
    set_server(1);
    memcpy(packet + SNAME,
           "\x43\x03"
           "abc\xff",
           6); /* nobody says that these are options */
    expect_nothing(PACKET_SIZE);
}

static void survives_damage(void **state)
{
    (void)state;
    set_server(1);
    add_option(67, "file", 4);
    for (size_t size = 0; size < used; size++)
        expect_nothing(size);
    assert_true(find(used));
    packet[OPTIONS + 1] = 200; /* longer than the packet */
    expect_nothing(used);
    packet[OPTIONS + 1] = 4;
    packet[COOKIE] = 98; /* no options, then */
    expect_nothing(PACKET_SIZE);
}

static void finds_the_root(void **state)
{
    static const struct {
        const char *path, *root;
    } cases[] = {
        {"BOOTX64.EFI", ""},
        {"/BOOTX64.EFI", "/"},
        {"dir/BOOTX64.EFI", "dir/"},
        {"EFI/BOOT/BOOTX64.EFI", ""},
        {"/EFI/BOOT/BOOTX64.EFI", "/"},
        {"/a b/efi/Boot/loader.efi", "/a b/"},
        {"xEFI/BOOT/BOOTX64.EFI", "xEFI/BOOT/"},
        {"EFI/BOOT/x/BOOTX64.EFI", "EFI/BOOT/x/"},
        {"EFI/BOOT", "EFI/"},
        {"efi\017boot/x", "efi\017boot/"},
        {"", ""},
    };
    char root[BOOT_FILE_PATH_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        strcpy(found.path, cases[i].path);
        dhcp_find_root(&found, root);
        assert_string_equal(root, cases[i].root);
    }
}

static struct network_address address;

static bool find_address(size_t size)
{
    struct guarded guarded = guarded_make(size, GUARDED_AFTER);

    memcpy(guarded.bytes, packet, size);
    bool is_found = dhcp_find_address(guarded.bytes, size, &address);
    guarded_free(&guarded);
    return is_found;
}

static void finds_the_address(void **state)
{
    static const struct network_address nothing_else = {.own = {10, 0, 0, 7}};
    static const struct network_address all = {{10, 0, 0, 7}, {255, 255, 0, 0}, {10, 0, 9, 1}};

    (void)state;
    memset(&address, 0xee, sizeof(address));
    assert_false(find_address(PACKET_SIZE));
    assert_int_equal(address.own[0], 0xee);
    memcpy(packet + YIADDR, "\x0a\x00\x00\x07", 4);
    assert_true(find_address(PACKET_SIZE));
    assert_memory_equal(&address, &nothing_else, sizeof(address));
    assert_true(find_address(COOKIE)); /* BOOTP, without options */
    assert_false(find_address(COOKIE - 1));
    add_option(3, "\x0a\x00\x09", 3);
    add_option(1, "", 0);
    assert_true(find_address(PACKET_SIZE)); /* with options that are none */
    assert_memory_equal(&address, &nothing_else, sizeof(address));
    used = OPTIONS;
    add_option(3, "\x0a\x00\x09\x01\x0a\x00\x09\x02", 8);
    add_option(1, "\xff\xff\x00\x00", 4);
    assert_true(find_address(used));
    assert_memory_equal(&address, &all, sizeof(address));
}

static void finds_the_gateway(void **state)
{
    static const struct {
        struct network_address address;
        uint8_t to[IP4_SIZE];
        bool is_far;
    } cases[] = {
        {{{10, 0, 0, 7}, {255, 255, 0, 0}, {10, 0, 9, 1}}, {10, 0, 255, 9}, false},
        {{{10, 0, 0, 7}, {255, 255, 0, 0}, {10, 0, 9, 1}}, {10, 1, 0, 7}, true},
        {{{10, 0, 0, 7}, {255, 255, 0, 0}, {10, 0, 9, 1}}, {11, 0, 0, 7}, true},
        {{{10, 0, 0, 7}, {255, 255, 255, 252}, {10, 0, 0, 6}}, {10, 0, 0, 8}, true},
        {{{10, 0, 0, 7}, {255, 255, 255, 252}, {10, 0, 0, 6}}, {10, 0, 0, 4}, false},
        {{{10, 0, 0, 7}, {0}, {10, 0, 9, 1}}, {99, 1, 2, 3}, false}, /* who knows? */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        static const uint8_t nobody[IP4_SIZE];
        uint8_t gateway[IP4_SIZE] = {1, 2, 3, 4};

        network_find_gateway(&cases[i].address, cases[i].to, gateway);
        assert_memory_equal(gateway, cases[i].is_far ? cases[i].address.router : nobody, IP4_SIZE);
    }
}

#define TEST(function) cmocka_unit_test_setup(function, start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_the_header),        TEST(prefers_option_67),
        TEST(finds_the_server),        TEST(takes_only_addresses_for_addresses),
        TEST(reads_overloaded_fields), TEST(survives_damage),
        TEST(finds_the_root),          TEST(finds_the_address),
        TEST(finds_the_gateway),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
