/* SPDX-License-Identifier: MIT */
#include "base/crc32.h"

#include "support.h"

static void test_check_value(void **state)
{
    (void)state;
    assert_int_equal(crc32(0, "123456789", 9), 0xcbf43926); /* the catalogue's check value */
    assert_int_equal(crc32(0, "", 0), 0);
    assert_int_equal(crc32(0, "\0\0\0\0", 4), 0x2144df1c);
}

static void test_goes_on_where_it_ended(void **state)
{
    const char text[] = "tied to its mooring, and it does not slip";
    uint32_t whole = crc32(0, text, sizeof(text));

    (void)state;
    for (size_t split = 0; split <= sizeof(text); split++)
        assert_int_equal(crc32(crc32(0, text, split), text + split, sizeof(text) - split), whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_value),
        cmocka_unit_test(test_goes_on_where_it_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
