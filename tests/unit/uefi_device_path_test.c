/* SPDX-License-Identifier: MIT */
#include "../../uefi/device_path.h"

#include <string.h>
#include <sys/mman.h>

#include "base/units.h"
#include "unit.h"

/* A path that is put together node by node, at an odd address. */
static struct {
    char odd;
    uint8_t bytes[2 * DEVICE_PATH_SIZE_MAX];
} __attribute__((packed)) place;

static size_t length;

static void add_bytes(const void *bytes, size_t size)
{
    memcpy(place.bytes + length, bytes, size);
    length += size;
}

/* A node whose header says `size`, which is what it has unless that is shorter than a header. */
static void add_node(uint8_t type, uint8_t subtype, uint16_t size)
{
    const uint8_t header[] = {type, subtype, (uint8_t)size, (uint8_t)(size >> 8)};

    add_bytes(header, sizeof(header));
    if (size > sizeof(header)) {
        memset(place.bytes + length, 0x7f, size - sizeof(header)); /* no end of anything */
        length += size - sizeof(header);
    }
}

static void add_end(void)
{
    add_node(0x7f, 0xff, 4);
}

/* By the table of UEFI 2.10, 10.3.5.1: HD(number,GPT,...,0x800,0x10000). */
static void add_partition(uint8_t number)
{
    const uint8_t node[42] = {
        4, 1, 42, 0, number, 0, 0, 0, 0, 8, 0, 0, 0, 0,  0,  0,  0,  0,  1,  0, 0,
        0, 0, 0,  0, 1,      2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 2, 2,
    };

    add_bytes(node, sizeof(node));
}

static void start_path(void)
{
    length = 0;
    add_node(2, 1, 12); /* ACPI: PciRoot() */
    add_node(1, 1, 6);  /* Pci(): what follows is aligned to 2 only */
}

static bool is_untouched(const struct device_path_partition *partition)
{
    return partition->disk_length == 77;
}

static void finds_the_partition(void **state)
{
    struct device_path_partition found;

    (void)state;
    start_path();
    add_node(3, 18, 10); /* Sata() */
    add_partition(2);
    add_end();
    assert_true(device_path_find_partition(place.bytes, &found));
    assert_int_equal(found.disk_length, 28);
    assert_int_equal(found.node.partition_number, 2);
    assert_int_equal(found.node.partition_start, 0x800);
    assert_int_equal(found.node.partition_size, 0x10000);
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(found.node.signature[i], i);
    assert_int_equal(found.node.table_format, 2);
    assert_int_equal(found.node.signature_type, SIGNATURE_TYPE_GUID);
}

static void path_may_lie_anywhere(void **state)
{
    static _Alignas(8) uint8_t copy[256];

    (void)state;
    start_path();
    add_partition(9);
    add_end();
    for (size_t i = 0; i < 8; i++) {
        struct device_path_partition found;

        memcpy(copy + i, place.bytes, length);
        assert_true(device_path_find_partition(copy + i, &found));
        assert_int_equal(found.disk_length, 18);
        assert_int_equal(found.node.partition_number, 9);
    }
}

/* CDROM(entry,0x200,0x10000), by the table of UEFI 2.10, 10.3.5.2. */
static void tells_what_lies_before_a_partition_and_a_disc(void **state)
{
    static const uint8_t disc[24] = {4, 2, 24, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    (void)state;
    start_path();
    add_end();
    assert_int_equal(device_path_first_block(place.bytes), 0);
    start_path();
    add_partition(2);
    add_end();
    assert_int_equal(device_path_first_block(place.bytes), 0x800);
    start_path();
    add_bytes(disc, sizeof(disc));
    add_end();
    assert_int_equal(device_path_first_block(place.bytes), 0x200);
    start_path();
    add_node(4, 2, 15); /* cut */
    add_end();
    assert_int_equal(device_path_first_block(place.bytes), 0);
    start_path();
    add_bytes(disc, sizeof(disc));
    add_node(4, 2, 3); /* damaged */
    assert_int_equal(device_path_first_block(place.bytes), 0);
}

/* A partition of a partition: its disk is the outer one. A file behind it changes nothing. */
static void last_partition_counts(void **state)
{
    struct device_path_partition found;

    (void)state;
    start_path();
    add_partition(1);
    add_partition(5);
    add_node(4, 4, 30); /* a file name */
    add_end();
    assert_true(device_path_find_partition(place.bytes, &found));
    assert_int_equal(found.disk_length, 18 + 42);
    assert_int_equal(found.node.partition_number, 5);
}

/* EFI 1.10 knows two types for the end. Nothing behind it is read. */
static void ends_where_it_ends(void **state)
{
    static const uint8_t types[] = {0x7f, 0xff};
    static const uint8_t subtypes[] = {0xff, 0x01};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct device_path_partition found = {.disk_length = 77};

        start_path();
        add_node(types[i / 2], subtypes[i % 2], 4);
        add_partition(3);
        add_end();
        assert_false(device_path_find_partition(place.bytes, &found));
        assert_true(is_untouched(&found));

        start_path();
        add_partition(2);
        add_node(types[i / 2], subtypes[i % 2], 4);
        add_partition(3);
        add_end();
        assert_true(device_path_find_partition(place.bytes, &found));
        assert_int_equal(found.node.partition_number, 2);
    }
}

static void paths_without_a_partition(void **state)
{
    struct device_path_partition found = {.disk_length = 77};

    (void)state;
    length = 0;
    add_end();
    assert_false(device_path_find_partition(place.bytes, &found));
    start_path();
    add_node(4, 2, 24); /* CDROM() */
    add_node(4, 4, 30); /* a file name */
    add_node(3, 1, 42); /* of another type */
    add_end();
    assert_false(device_path_find_partition(place.bytes, &found));
    length = 0;
    add_partition(1); /* of no disk */
    add_end();
    assert_false(device_path_find_partition(place.bytes, &found));
    assert_true(is_untouched(&found));
}

static void damaged_nodes_are_refused(void **state)
{
    static const uint16_t lengths[] = {0, 1, 3, DEVICE_PATH_SIZE_MAX, 0x8000, 0xffff};
    struct device_path_partition found = {.disk_length = 77};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        for (size_t with_partition = 0; with_partition < 2; with_partition++) {
            uint8_t *damaged;

            start_path();
            if (with_partition)
                add_partition(1);
            damaged = place.bytes + length;
            add_node(3, 1, 16);
            add_partition(1);
            add_end();
            damaged[2] = (uint8_t)lengths[i];
            damaged[3] = (uint8_t)(lengths[i] >> 8);
            assert_false(device_path_find_partition(place.bytes, &found));
        }
    }
    for (uint16_t size = 4; size < 42; size++) { /* a partition that is too short for one */
        start_path();
        add_node(4, 1, size);
        add_end();
        assert_false(device_path_find_partition(place.bytes, &found));
    }
    assert_true(is_untouched(&found));
}

/* Nodes without an end, up to the last byte that may be read. */
static void path_without_an_end_is_left(void **state)
{
    static const uint16_t sizes[] = {4, 5, 42, 1000};
    uint8_t *pages =
        mmap(NULL, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct device_path_partition found = {.disk_length = 77};

    (void)state;
    assert_ptr_not_equal(pages, MAP_FAILED);
    assert_int_equal(mprotect(pages + PAGE_SIZE, PAGE_SIZE, PROT_NONE), 0);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        start_path();
        add_partition(1);
        while (length < DEVICE_PATH_SIZE_MAX)
            add_node(3, 1, sizes[i]);
        memcpy(pages + PAGE_SIZE - DEVICE_PATH_SIZE_MAX, place.bytes, DEVICE_PATH_SIZE_MAX);
        assert_false(device_path_find_partition(pages + PAGE_SIZE - DEVICE_PATH_SIZE_MAX, &found));
    }
    start_path();
    while (length < DEVICE_PATH_SIZE_MAX - 8)
        add_node(3, 1, 4);
    add_partition(1); /* begins before that byte */
    memcpy(pages + PAGE_SIZE - DEVICE_PATH_SIZE_MAX, place.bytes, DEVICE_PATH_SIZE_MAX);
    assert_false(device_path_find_partition(pages + PAGE_SIZE - DEVICE_PATH_SIZE_MAX, &found));
    assert_true(is_untouched(&found));
    munmap(pages, 2 * PAGE_SIZE);
}

/* Uri() as the firmware makes it: no NUL at the end. */
static void add_uri(const char *uri)
{
    const uint8_t header[] = {3, 24, (uint8_t)(4 + strlen(uri)), 0};

    add_bytes(header, sizeof(header));
    add_bytes(uri, strlen(uri));
}

static void finds_the_uri(void **state)
{
    struct device_path_uri found;

    (void)state;
    start_path();
    add_node(3, 11, 37); /* MAC() */
    add_node(3, 12, 27);
    add_node(3, 31, 21); /* Dns() */
    add_uri("http://h/x");
    add_end();
    assert_true(device_path_find_uri(place.bytes, &found));
    assert_int_equal(found.uri_length, 10);
    assert_memory_equal(found.uri, "http://h/x", 10);
    assert_int_equal(found.ip4.header.SubType, 12);
    assert_int_equal(found.ip4.mask[3], 0x7f);
    assert_int_equal(found.ip6.header.SubType, 0);

    start_path();
    add_node(3, 12, 26); /* shorter than any */
    add_node(3, 13, 60);
    add_uri("");
    add_end();
    assert_true(device_path_find_uri(place.bytes, &found));
    assert_int_equal(found.uri_length, 0);
    assert_int_equal(found.ip4.header.SubType, 0);
    assert_int_equal(found.ip6.header.SubType, 13);
    assert_int_equal(found.ip6.gateway[15], 0x7f);

    start_path();
    add_node(3, 13, 59);
    add_uri("http://h/x");
    add_uri("http://h/y");
    add_end();
    assert_true(device_path_find_uri(place.bytes, &found));
    assert_memory_equal(found.uri, "http://h/y", 10);
    assert_int_equal(found.ip6.header.SubType, 0);
}

static void finds_no_uri_where_none_is(void **state)
{
    struct device_path_uri found = {.uri_length = 77};

    (void)state;
    start_path();
    add_node(4, 24, 10);
    add_node(3, 25, 10);
    add_end();
    add_uri("http://h/x");
    add_end();
    assert_false(device_path_find_uri(place.bytes, &found));
    start_path();
    add_uri("http://h/x");
    add_node(3, 11, 3); /* damaged */
    add_end();
    assert_false(device_path_find_uri(place.bytes, &found));
    assert_int_equal(found.uri_length, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_partition),
        cmocka_unit_test(path_may_lie_anywhere),
        cmocka_unit_test(tells_what_lies_before_a_partition_and_a_disc),
        cmocka_unit_test(last_partition_counts),
        cmocka_unit_test(ends_where_it_ends),
        cmocka_unit_test(paths_without_a_partition),
        cmocka_unit_test(damaged_nodes_are_refused),
        cmocka_unit_test(path_without_an_end_is_left),
        cmocka_unit_test(finds_the_uri),
        cmocka_unit_test(finds_no_uri_where_none_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
