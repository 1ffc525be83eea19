/* SPDX-License-Identifier: MIT */
#include "base/print.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "support.h"

/* The C library is the judge of what the formats mean. */
#define ASSERT_SAME(...)                                                                           \
    do {                                                                                           \
        char ours[128], theirs[128];                                                               \
        int length = snprintf(theirs, sizeof(theirs), __VA_ARGS__);                                \
        assert_int_equal(print_text(ours, sizeof(ours), __VA_ARGS__), length);                     \
        assert_string_equal(ours, theirs);                                                         \
    } while (0)

static void test_formats(void **state)
{
    (void)state;
    ASSERT_SAME("plain");
    ASSERT_SAME("%s and %s", "one", "");
    ASSERT_SAME("[%c%c]", 'a', 'b');
    ASSERT_SAME("%d %d %d %d", 0, -1, INT_MAX, INT_MIN);
    ASSERT_SAME("%ld %ld", LONG_MAX, LONG_MIN);
    ASSERT_SAME("%u %x %lu %lx", UINT_MAX, UINT_MAX, ULONG_MAX, ULONG_MAX);
    ASSERT_SAME("%lld %llu %llx", LLONG_MIN, ULLONG_MAX, ULLONG_MAX);
    ASSERT_SAME("%zu %zx", SIZE_MAX, (size_t)0);
    ASSERT_SAME("100%% of %d", 7);
}

static void test_widths(void **state)
{
    (void)state;
    ASSERT_SAME("[%8s][%-8s][%2s]", "abc", "abc", "abc");
    ASSERT_SAME("[%5d][%-5d]", -42, -42);
    ASSERT_SAME("[%08x][%016lx]", 0xbeefu, 0x1234567890ul);
    ASSERT_SAME("[%3u][%-6x]", 123456u, 0xau);
    ASSERT_SAME("[%5c]", 'x');
}

static void test_negative_number_with_zeros(void **state)
{
    (void)state;
    ASSERT_SAME("[%06d]", -42);
}

static void test_text_is_cut_and_terminated(void **state)
{
    char buffer[16];

    (void)state;
    for (size_t capacity = 1; capacity <= 12; capacity++) {
        memset(buffer, '#', sizeof(buffer));
        size_t length = print_text(buffer, capacity, "%s-%d", "bowline", 12);

        assert_int_equal(length, capacity - 1 < 10 ? capacity - 1 : 10);
        assert_int_equal(buffer[length], '\0');
        assert_memory_equal(buffer, "bowline-12", length);
        assert_int_equal(buffer[capacity], '#');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_widths),
        cmocka_unit_test(test_negative_number_with_zeros),
        cmocka_unit_test(test_text_is_cut_and_terminated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
