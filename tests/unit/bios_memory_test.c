/* SPDX-License-Identifier: MIT */
/* Stage 2 asks a BIOS for memory. */
#include "stage2/memory.h"

#include <string.h>

#include "fake_bios.h"
#include "support.h"

enum { SMAP = 0x534d4150 };

/* A BIOS with a list of ranges, and habits. */
static struct {
    struct e820_entry entries[MEMORY_ENTRIES_MAX + 100];
    uint32_t count;
    uint32_t reply_size; /* 20 or 24 */
    bool carry_on_last;  /* with the last range, instead of ebx 0 */
    bool carry_after;    /* ebx is never 0: the call after the last range fails */
    bool is_over;        /* it has said that it was the last */
    bool wraps;          /* begins again after the last range */
    bool has_e820, has_e801, has_88;
    uint16_t ax, bx, cx, dx; /* of E801h; ax of 88h */
} bios;

static struct memory_report report;

static void answer_e820(struct bios_call *call)
{
    /* The pointer in edi has lost its upper half: it points into the same stack as this. */
    uintptr_t upper = (uintptr_t)&call & ~(uintptr_t)UINT32_MAX;
    uint32_t index = call->ebx;

    assert_int_equal(call->edx, SMAP);
    assert_true(call->ecx >= 24);
    assert_false(bios.is_over);
    if (bios.wraps)
        index %= bios.count;
    if (!bios.has_e820 || index >= bios.count) {
        call->flags = BIOS_CARRY;
        call->eax = 0x8600;
        return;
    }
    memcpy((void *)(upper | call->edi), &bios.entries[index], bios.reply_size);
    call->eax = SMAP;
    call->ecx = bios.reply_size;
    call->ebx = index + 1 == bios.count && !bios.carry_after && !bios.wraps ? 0 : index + 1;
    if (index + 1 == bios.count && bios.carry_on_last) {
        call->ebx = index + 1;
        call->flags = BIOS_CARRY;
        bios.is_over = true;
    }
}

static void answer(struct bios_call *call)
{
    if (call->interrupt == 0x12) {
        call->eax = 639;
    } else if (call->eax == 0xe820) {
        answer_e820(call);
    } else if (call->eax == 0xe801 && bios.has_e801) {
        call->eax = bios.ax, call->ebx = bios.bx, call->ecx = bios.cx, call->edx = bios.dx;
    } else if (call->eax == 0x8800 && bios.has_88) {
        call->eax = bios.ax;
    } else {
        call->flags = BIOS_CARRY;
        call->eax = 0x8600;
    }
}

static int start(void **state)
{
    (void)state;
    memset(&bios, 0, sizeof(bios));
    bios.has_e820 = true;
    bios.reply_size = 24;
    bios.count = 5;
    for (uint32_t i = 0; i < 600; i++)
        bios.entries[i] = (struct e820_entry){i << 20, 0x80000, 1 + i % 5, 1};
    fake_service = answer;
    return 0;
}

static void assert_all_read(void)
{
    assert_int_equal(memory_read(&report), MEMORY_KNOWN);
    assert_int_equal(report.count, bios.count);
    for (uint32_t i = 0; i < bios.count; i++)
        assert_memory_equal(&report.entries[i], &bios.entries[i], sizeof(bios.entries[i]));
}

static void test_sizes_of_replies(void **state)
{
    (void)state;
    assert_all_read();
    bios.reply_size = 20;
    assert_all_read();
}

static void test_ends(void **state)
{
    (void)state;
    bios.carry_on_last = true;
    assert_all_read();
    bios.carry_on_last = bios.is_over = false;
    bios.carry_after = true;
    assert_all_read();
    bios.carry_after = false;
    bios.wraps = true;
    assert_all_read();
}

static void test_what_does_not_count(void **state)
{
    (void)state;
    bios.entries[1].length = 0;
    bios.entries[3].attributes = 0; /* "ignore this one" */
    assert_int_equal(memory_read(&report), MEMORY_KNOWN);
    assert_int_equal(report.count, 3);
    assert_int_equal(report.entries[1].base, bios.entries[2].base);
    assert_int_equal(report.entries[2].base, bios.entries[4].base);
    /* Without attributes in the reply there is nothing to ignore. */
    bios.reply_size = 20;
    assert_int_equal(memory_read(&report), MEMORY_KNOWN);
    assert_int_equal(report.count, 4);
}

static void test_many(void **state)
{
    (void)state;
    bios.count = 300;
    assert_all_read();
    bios.count = MEMORY_ENTRIES_MAX;
    assert_all_read();
    bios.count = MEMORY_ENTRIES_MAX + 1;
    assert_int_equal(memory_read(&report), MEMORY_TOO_MANY);
}

static void test_reserve(void **state)
{
    (void)state;
    assert_all_read();
    assert_true(memory_reserve(&report, 0x9a000, 0x6000));
    assert_int_equal(report.count, bios.count + 1);
    assert_int_equal(report.entries[bios.count].base, 0x9a000);
    assert_int_equal(report.entries[bios.count].length, 0x6000);
    assert_int_equal(report.entries[bios.count].type, E820_RESERVED);
    bios.count = MEMORY_ENTRIES_MAX;
    assert_all_read();
    assert_false(memory_reserve(&report, 0x9a000, 0x6000));
    assert_int_equal(report.count, MEMORY_ENTRIES_MAX);
}

static void test_e801(void **state)
{
    (void)state;
    bios.has_e820 = false;
    bios.has_e801 = true;
    bios.ax = bios.cx = 15 * 1024;
    bios.bx = bios.dx = 16;
    assert_int_equal(memory_read(&report), MEMORY_KNOWN);
    assert_int_equal(report.count, 3);
    assert_int_equal(report.entries[0].length, 639 * 1024);
    assert_int_equal(report.entries[1].base, 0x100000);
    assert_int_equal(report.entries[1].length, 15 << 20);
    assert_int_equal(report.entries[2].base, 16 << 20);
    assert_int_equal(report.entries[2].length, 1 << 20);
    assert_int_equal(report.entries[2].type, E820_USABLE);
    /* In cx and dx only. */
    bios.ax = bios.bx = 0;
    assert_int_equal(memory_read(&report), MEMORY_KNOWN);
    assert_int_equal(report.count, 3);
    /* Nothing above 16 MiB. */
    bios.dx = 0;
    assert_int_equal(memory_read(&report), MEMORY_KNOWN);
    assert_int_equal(report.count, 2);
}

static void test_88_and_nothing(void **state)
{
    (void)state;
    bios.has_e820 = false;
    bios.has_88 = true;
    bios.ax = 0xfc00;
    assert_int_equal(memory_read(&report), MEMORY_KNOWN);
    assert_int_equal(report.count, 2);
    assert_int_equal(report.entries[1].length, 0xfc00ULL << 10);
    bios.has_88 = false;
    assert_int_equal(memory_read(&report), MEMORY_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_sizes_of_replies, start),
        cmocka_unit_test_setup(test_ends, start),
        cmocka_unit_test_setup(test_what_does_not_count, start),
        cmocka_unit_test_setup(test_many, start),
        cmocka_unit_test_setup(test_reserve, start),
        cmocka_unit_test_setup(test_e801, start),
        cmocka_unit_test_setup(test_88_and_nothing, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
