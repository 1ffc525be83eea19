/* SPDX-License-Identifier: MIT */
/* The division of 32-bit code, against that of this processor. */
#include <stdint.h>
#include <stdlib.h>

#include "base/units.h"
#include "support.h"

uint64_t __udivdi3(uint64_t dividend, uint64_t divisor);
uint64_t __umoddi3(uint64_t dividend, uint64_t divisor);
uint64_t __udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *remainder);

static void assert_divides(uint64_t dividend, uint64_t divisor)
{
    uint64_t remainder;

    assert_int_equal(__udivdi3(dividend, divisor), dividend / divisor);
    assert_int_equal(__umoddi3(dividend, divisor), dividend % divisor);
    assert_int_equal(__udivmoddi4(dividend, divisor, &remainder), dividend / divisor);
    assert_int_equal(remainder, dividend % divisor);
    assert_int_equal(__udivmoddi4(dividend, divisor, NULL), dividend / divisor);
}

static void divides_at_the_edges(void **state)
{
    static const uint64_t numbers[] = {
        0,
        1,
        2,
        3,
        PAGE_SIZE,
        INT32_MAX,
        UINT32_MAX - 1,
        UINT32_MAX,
        4 * GIB,
        4 * GIB + 1,
        512 * GIB,
        UINT64_C(0xfffffffeffffffff),
        UINT64_C(0xffffffff00000000),
        INT64_MAX,
        UINT64_C(1) << 63,
        UINT64_MAX - 1,
        UINT64_MAX,
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        for (size_t j = 1; j < COUNT_OF(numbers); j++)
            assert_divides(numbers[i], numbers[j]);
}

static uint64_t some_number(void)
{
    uint64_t number = (uint64_t)random() << 42 ^ (uint64_t)random() << 21 ^ (uint64_t)random();

    return number >> random() % 64;
}

static void divides_anything(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) {
        uint64_t divisor = some_number();

        assert_divides(some_number(), divisor != 0 ? divisor : 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(divides_at_the_edges),
        cmocka_unit_test(divides_anything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
