/* SPDX-License-Identifier: MIT */
/* What the fault screen says of an address. */
#include "handover/describe.h"

#include <string.h>

#include "base/units.h"
#include "support.h"

#define STACK      UINT64_C(0xffff800000010000)
#define DIRECT_MAP UINT64_C(0xffff900000000000)

static struct resident resident;

static int start(void **state)
{
    (void)state;
    resident = (struct resident){
        .stack_base = STACK,
        .stack_size = 64 * KIB,
        .direct_map = DIRECT_MAP,
        .direct_map_size = 4 * GIB,
        .area_count = 5,
        .areas = {{0x203000, 0x203fff, "the kernel's RELRO constants"},
                  {0x200000, 0x2fffff, "the kernel's variables"},
                  {STACK - PAGE_SIZE, STACK - 1, "the guard page of the stack"},
                  {STACK, STACK + 64 * KIB - 1, "the stack"},
                  {UINT64_MAX - 0xfff, UINT64_MAX, "the modules"}},
    };
    return 0;
}

typedef size_t describe(const struct resident *, uint64_t, char *, size_t);

static void assert_said(describe *describe_fact, uint64_t address, const char *expected)
{
    char text[160] = "unchanged";

    assert_int_equal(describe_fact(&resident, address, text, sizeof(text)), strlen(expected));
    assert_string_equal(text, expected);
}

static void an_address_in_an_area(void **state)
{
    (void)state;
    assert_said(describe_address, 0x200000, "the address lies in the kernel's variables");
    assert_said(describe_address, 0x2fffff, "the address lies in the kernel's variables");
    assert_said(describe_address, 0x203800, "the address lies in the kernel's RELRO constants");
    assert_said(describe_address, STACK - 1, "the address lies in the guard page of the stack");
    assert_said(describe_address, UINT64_MAX, "the address lies in the modules");
}

static void an_address_close_to_an_area(void **state)
{
    (void)state;
    assert_said(describe_address, 0x1fffff,
                "the address lies 1 bytes below the kernel's variables");
    assert_said(describe_address, 0x300000,
                "the address lies 0 bytes above the end of the kernel's variables");
    assert_said(describe_address, 0x300000 + MIB,
                "the address lies 1048576 bytes above the end of the kernel's variables");
    assert_said(describe_address, 0x300001 + MIB, "");
    /* Of two the closer one. */
    assert_said(describe_address, STACK - PAGE_SIZE - 8,
                "the address lies 8 bytes below the guard page of the stack");
    assert_said(describe_address, STACK + 64 * KIB + 5,
                "the address lies 5 bytes above the end of the stack");
}

static void a_null_pointer(void **state)
{
    (void)state;
    assert_said(describe_address, 0, "the address is a null pointer");
    assert_said(describe_address, 0x449, "the address lies 1097 bytes above a null pointer");
    assert_said(describe_address, 64 * KIB - 1,
                "the address lies 65535 bytes above a null pointer");
    assert_said(describe_address, 64 * KIB, "");
    resident.areas[0] = (struct resident_area){0x1000, 0x1fff, "the kernel's code"};
    assert_said(describe_address, 0x1800, "the address lies in the kernel's code");
}

static void a_physical_address(void **state)
{
    (void)state;
    assert_said(describe_physical, 0xb8000,
                "there is no identity map: physical b8000 is mapped at ffff9000000b8000");
    assert_said(describe_physical, 4 * GIB - 1,
                "there is no identity map: physical ffffffff is mapped at ffff9000ffffffff");
    assert_said(describe_physical, 4 * GIB, "");
    assert_said(describe_physical, 24, "");       /* a null pointer */
    assert_said(describe_physical, 0x200000, ""); /* mapped, after all */
    resident.direct_map_size = 0;
    assert_said(describe_physical, 0xb8000, "");
}

static void a_stack_pointer(void **state)
{
    (void)state;
    assert_said(describe_stack, STACK + 64 * KIB, "");
    assert_said(describe_stack, STACK, "");
    assert_said(describe_stack, STACK - 8,
                "the stack has overflowed: rsp lies 8 bytes below it, in its guard page");
    assert_said(describe_stack, STACK - PAGE_SIZE,
                "the stack has overflowed: rsp lies 4096 bytes below it, in its guard page");
    assert_said(describe_stack, STACK - PAGE_SIZE - 8,
                "the stack has overflowed: rsp lies 4104 bytes below it, beyond its guard page");
    assert_said(describe_stack, STACK - MIB - 1, "");
    /* A kernel with a stack of its own, which happens to lie below. */
    resident.areas[0] =
        (struct resident_area){STACK - 64 * KIB, STACK - 32 * KIB, "the kernel's variables"};
    assert_said(describe_stack, STACK - 40 * KIB, "");
}

static void long_text_is_cut(void **state)
{
    char text[16];
    (void)state;

    assert_int_equal(describe_address(&resident, 0x200000, text, sizeof(text)), 15);
    assert_string_equal(text, "the address lie");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_address_in_an_area, start),
        cmocka_unit_test_setup(an_address_close_to_an_area, start),
        cmocka_unit_test_setup(a_null_pointer, start),
        cmocka_unit_test_setup(a_physical_address, start),
        cmocka_unit_test_setup(a_stack_pointer, start),
        cmocka_unit_test_setup(long_text_is_cut, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
