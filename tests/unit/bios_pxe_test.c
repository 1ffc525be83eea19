/* SPDX-License-Identifier: MIT */
/* Stage 3 looks for the network ROM. */
#include "stage3/pxe.h"

#include <string.h>

#include "support.h"

enum { NEW = 0x9b000, OLD = 0x9b100 };

static const struct far_pointer nowhere = {0}, new_place = {0x10, 0x9aff},
                                old_place = {0x100, 0x9b00}, entry = {0x1234, 0x9800};

static uint8_t low[0x100000];
static struct pxe_rom rom;

static void fix_sum(uint8_t *bytes, size_t length, uint8_t *sum)
{
    uint8_t total = 0;

    *sum = 0;
    for (size_t i = 0; i < length; i++)
        total += bytes[i];
    *sum = (uint8_t)-total;
}

static struct pxe_new_entry *put_new(uint32_t place)
{
    struct pxe_new_entry *new = (void *)(low + place);

    *new = (struct pxe_new_entry){
        .signature = "!PXE",
        .length = sizeof(*new),
        .entry = entry,
        .segment_count = 7,
        .stack = {.base = 0x1000, .size = 0x400}, /* of whoever asks: it does not count */
        .segments =
            {{0, 0x9c000, 0x1000}, {0, 0x98000, 0x2000}, {0}, {0, 0x8000, 0}, {0, 0, 0x1000}},
    };
    return new;
}

static struct pxe_old_entry *put_old(uint16_t version)
{
    struct pxe_old_entry *old = (void *)(low + OLD);

    *old = (struct pxe_old_entry){
        .signature = "PXENV+",
        .version = version,
        .length = version >= 0x0201 ? sizeof(*old) : 0x26,
        .entry = {0x4321, 0x9700},
        .segments = {{0x9500, 0x1000}, {0x9400, 0}, {0, 0x10}, {0x9600, 0x1000}},
    };
    if (version >= 0x0201)
        old->new_entry = new_place;
    return old;
}

static void fix_new(struct pxe_new_entry *new)
{
    fix_sum((uint8_t *)new, new->length, &new->checksum);
}

static void fix_old(struct pxe_old_entry *old)
{
    fix_sum((uint8_t *)old, old->length, &old->checksum);
}

static int start(void **state)
{
    (void)state;
    memset(low, 0, sizeof(low));
    memset(&rom, 0xee, sizeof(rom));
    return 0;
}

static void expect(struct far_pointer where, bool is_old, uint32_t from)
{
    assert_int_equal(far_linear(rom.entry), far_linear(where));
    assert_int_equal(rom.entry.segment, where.segment);
    assert_int_equal(rom.is_old, is_old);
    assert_int_equal(rom.start, from);
}

static void expect_nothing(void)
{
    struct pxe_rom before;

    memset(&before, 0xee, sizeof(before));
    rom = before;
    assert_false(pxe_find(low, new_place, old_place, &rom));
    assert_memory_equal(&rom, &before, sizeof(rom));
}

static void test_new(void **state)
{
    struct pxe_new_entry *new = put_new(NEW);

    (void)state;
    expect_nothing(); /* the checksum */
    fix_new(new);
    assert_true(pxe_find(low, new_place, nowhere, &rom));
    expect(entry, false, 0x98000);
    assert_false(pxe_find(low, nowhere, new_place, &rom));
    new->length = sizeof(*new) + 8; /* it may be longer, and the sum is that of all */
    low[NEW + sizeof(*new)] = 1;
    fix_new(new);
    assert_true(pxe_find(low, new_place, nowhere, &rom));
    low[NEW + sizeof(*new)] = 2;
    expect_nothing();
    new->length = sizeof(*new) - 1;
    fix_new(new);
    expect_nothing();
    new = put_new(NEW);
    new->entry = nowhere;
    fix_new(new);
    expect_nothing();
    new = put_new(NEW);
    new->signature[0] = '?';
    fix_new(new);
    expect_nothing();
}

static void test_old(void **state)
{
    (void)state;
    fix_old(put_old(0x0100));
    assert_true(pxe_find(low, new_place, old_place, &rom));
    expect((struct far_pointer){0x4321, 0x9700}, true, 0x95000);
    fix_old(put_old(0x0200));
    assert_true(pxe_find(low, nowhere, old_place, &rom));
    expect((struct far_pointer){0x4321, 0x9700}, false, 0x95000);
    put_old(0x0100)->checksum++;
    expect_nothing();
    struct pxe_old_entry *old = put_old(0x0100);
    old->entry = nowhere;
    fix_old(old);
    expect_nothing();
}

/* The old one leads to the new one, from that version on on which it has a pointer to it. */
static void test_old_to_new(void **state)
{
    (void)state;
    fix_old(put_old(0x0201));
    assert_true(pxe_find(low, nowhere, old_place, &rom));
    expect((struct far_pointer){0x4321, 0x9700}, false, 0x95000);
    fix_new(put_new(NEW));
    assert_true(pxe_find(low, nowhere, old_place, &rom));
    expect(entry, false, 0x98000);
    struct pxe_old_entry *old = put_old(0x0201);
    old->version = 0x0200;
    fix_old(old);
    assert_true(pxe_find(low, nowhere, old_place, &rom));
    expect((struct far_pointer){0x4321, 0x9700}, false, 0x95000);
    old->version = 0x0201;
    old->length = sizeof(*old) - 1;
    fix_old(old);
    assert_true(pxe_find(low, nowhere, old_place, &rom));
    expect((struct far_pointer){0x4321, 0x9700}, false, 0x95000);
    fix_old(put_old(0x0100)); /* the first that was told counts more */
    assert_true(pxe_find(low, new_place, old_place, &rom));
    expect(entry, false, 0x98000);
}

/* What stage 1 was told need not be a pointer to anything. */
static void test_end_of_memory(void **state)
{
    enum { LAST = sizeof(low) - sizeof(struct pxe_new_entry) };
    struct far_pointer last = {LAST & 0xf, LAST >> 4};

    (void)state;
    fix_new(put_new(LAST));
    assert_true(pxe_find(low, last, nowhere, &rom));
    low[LAST + 4]++; /* and one more byte */
    low[LAST + 5]--;
    assert_false(pxe_find(low, last, nowhere, &rom));
    for (uint32_t offset = 0xff00; offset <= 0xffff; offset++) {
        struct far_pointer high = {(uint16_t)offset, 0xffff}, top = {(uint16_t)offset, 0xf000};

        memcpy(low + sizeof(low) - 4, "!PXE", 4);
        assert_false(pxe_find(low, high, high, &rom));
        assert_false(pxe_find(low, top, top, &rom));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_new, start),
        cmocka_unit_test_setup(test_old, start),
        cmocka_unit_test_setup(test_old_to_new, start),
        cmocka_unit_test_setup(test_end_of_memory, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
