/* SPDX-License-Identifier: MIT */
#include "format/smbios.h"

#include <string.h>

#include "support.h"

static uint8_t entry[0x20];

/* Makes bytes [start, start + length) add up to 0 by the one at `place`. */
static void mend(size_t start, size_t length, size_t place)
{
    uint8_t sum = 0;

    entry[place] = 0;
    for (size_t i = start; i < start + length; i++)
        sum = (uint8_t)(sum + entry[i]);
    entry[place] = (uint8_t)-sum;
}

static void make_smbios2(uint8_t length)
{
    memset(entry, 0x11, sizeof(entry));
    memcpy(entry, "_SM_", 4);
    entry[5] = length;
    memcpy(entry + 0x10, "_DMI_", 5);
    mend(0x10, 15, 0x15);
    mend(0, length, 4);
}

static void make_smbios3(void)
{
    memset(entry, 0x22, sizeof(entry));
    memcpy(entry, "_SM3_", 5);
    entry[6] = 0x18;
    mend(0, 0x18, 5);
}

static void good_entry_points_are_found(void **state)
{
    (void)state;
    make_smbios2(0x1f);
    assert_true(smbios2_is_valid(entry, sizeof(entry)));
    assert_false(smbios3_is_valid(entry, sizeof(entry)));
    make_smbios2(0x1e); /* what SMBIOS 2.1 calls its length */
    assert_true(smbios2_is_valid(entry, sizeof(entry)));
    make_smbios3();
    assert_true(smbios3_is_valid(entry, 0x18));
    assert_false(smbios2_is_valid(entry, sizeof(entry)));
}

/* Every bit counts, but for the checksums' own: each of them is caught by its sum. */
static void every_flipped_bit_is_found(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 0x18 * 8; bit++) {
        make_smbios3();
        entry[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(smbios3_is_valid(entry, sizeof(entry)));
    }
    for (unsigned bit = 0; bit < 0x1f * 8; bit++) {
        make_smbios2(0x1f);
        entry[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(smbios2_is_valid(entry, sizeof(entry)));
    }
    make_smbios2(0x1f);
    entry[0x15]++; /* wrong inside, right as a whole */
    entry[4]--;
    assert_false(smbios2_is_valid(entry, sizeof(entry)));
}

static void nothing_is_read_beyond_the_end(void **state)
{
    (void)state;
    make_smbios3();
    for (uint64_t available = 0; available < 0x18; available++)
        assert_false(smbios3_is_valid(entry, available));
    make_smbios2(0x1f);
    for (uint64_t available = 0; available < 0x1f; available++)
        assert_false(smbios2_is_valid(entry, available));
    entry[5] = 0xff;
    assert_false(smbios2_is_valid(entry, sizeof(entry)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_entry_points_are_found),
        cmocka_unit_test(every_flipped_bit_is_found),
        cmocka_unit_test(nothing_is_read_beyond_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
