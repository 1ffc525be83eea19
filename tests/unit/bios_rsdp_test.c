/* SPDX-License-Identifier: MIT */
/* Stage 3 looks for the RSDP. */
#include "stage3/rsdp_search.h"

#include <string.h>

#include "base/bytes.h"
#include "support.h"

static uint8_t low[0x100000];

static void set_ebda(uint16_t segment)
{
    memset(low, 0, sizeof(low));
    store_le16(low + 0x40e, segment);
}

static void fix_sum(uint8_t *bytes, size_t length, uint8_t *sum)
{
    uint8_t total = 0;

    *sum = 0;
    for (size_t i = 0; i < length; i++)
        total += bytes[i];
    *sum = (uint8_t)-total;
}

static void put(uint32_t place, uint8_t revision)
{
    uint8_t *rsdp = low + place;

    memset(rsdp, 0, revision >= 2 ? 36 : 20);
    memcpy(rsdp, "RSD PTR ", 8);
    memcpy(rsdp + 9, "TESTED", 6);
    rsdp[15] = revision;
    store_le32(rsdp + 16, 0x7fe0000);
    if (revision >= 2)
        store_le32(rsdp + 20, 36);
    fix_sum(rsdp, 20, rsdp + 8);
    if (revision >= 2)
        fix_sum(rsdp, 36, rsdp + 32);
}

static void test_places(void **state)
{
    (void)state;
    set_ebda(0x9fc0);
    assert_int_equal(rsdp_search(low), 0);
    put(0x9fc00, 0);
    assert_int_equal(rsdp_search(low), 0x9fc00);
    set_ebda(0x9fc0);
    put(0x9fff0, 2); /* the last place in the first KiB */
    assert_int_equal(rsdp_search(low), 0x9fff0);
    set_ebda(0x9fc0);
    put(0xe0000, 2);
    assert_int_equal(rsdp_search(low), 0xe0000);
    set_ebda(0x9fc0);
    put(0xfffe0, 0); /* ends with the memory that is searched */
    assert_int_equal(rsdp_search(low), 0xfffe0);
    set_ebda(0x9fc0);
    put(0xf0008, 0); /* not on 16 bytes */
    assert_int_equal(rsdp_search(low), 0);
}

static void test_ebda_that_is_none(void **state)
{
    (void)state;
    set_ebda(0);
    put(0x200, 2); /* where segment 0 would begin */
    put(0xf0000, 0);
    assert_int_equal(rsdp_search(low), 0xf0000);
    set_ebda(0xb000); /* video memory */
    put(0xb0000, 2);
    put(0xf0000, 0);
    assert_int_equal(rsdp_search(low), 0xf0000);
    set_ebda(0xffff);
    put(0xf0000, 0);
    assert_int_equal(rsdp_search(low), 0xf0000);
}

static void test_newer_wins(void **state)
{
    (void)state;
    set_ebda(0x9fc0);
    put(0x9fc00, 0);
    put(0xf0000, 2);
    assert_int_equal(rsdp_search(low), 0xf0000);
    set_ebda(0x9fc0);
    put(0xe1000, 0);
    put(0xf0000, 2);
    assert_int_equal(rsdp_search(low), 0xf0000);
    set_ebda(0x9fc0);
    put(0xe1000, 2);
    put(0xf0000, 0);
    assert_int_equal(rsdp_search(low), 0xe1000);
    set_ebda(0x9fc0);
    put(0xe1000, 0);
    put(0xf0000, 0);
    assert_int_equal(rsdp_search(low), 0xe1000);
    set_ebda(0x9fc0);
    put(0xe1000, 0);
    put(0xf0000, 2);
    low[0xf0000 + 20] ^= 1; /* the second checksum is wrong: not a valid one */
    assert_int_equal(rsdp_search(low), 0xe1000);
}

static void test_checksum(void **state)
{
    (void)state;
    set_ebda(0x9fc0);
    put(0xe1000, 0);
    low[0xe1000 + 17] ^= 1;
    put(0xf0000, 0);
    assert_int_equal(rsdp_search(low), 0xf0000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_ebda_that_is_none),
        cmocka_unit_test(test_newer_wins),
        cmocka_unit_test(test_checksum),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
