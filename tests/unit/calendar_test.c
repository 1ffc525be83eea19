/* SPDX-License-Identifier: MIT */
#include "base/calendar.h"

#include <time.h>

#include "unit.h"

static void every_day_is_counted_as_the_c_library_does(void **state)
{
    (void)state;
    for (uint64_t day = 0; day < 200 * 365; day += 3) {
        time_t seconds = (time_t)(day * 86400 + day % 86400);
        struct tm parts;

        assert_non_null(gmtime_r(&seconds, &parts));
        const struct calendar time = {(uint32_t)parts.tm_year + 1900, (uint32_t)parts.tm_mon + 1,
                                      (uint32_t)parts.tm_mday,        (uint32_t)parts.tm_hour,
                                      (uint32_t)parts.tm_min,         (uint32_t)parts.tm_sec};
        assert_int_equal(calendar_to_unix(&time), seconds);
    }
}

static void what_is_no_time_is_0(void **state)
{
    static const struct calendar times[] = {
        {1969, 12, 31, 23, 59, 59}, {2026, 0, 1, 0, 0, 0},  {2026, 13, 1, 0, 0, 0},
        {2026, 2, 29, 0, 0, 0},     {2100, 2, 29, 0, 0, 0}, {2026, 4, 31, 0, 0, 0},
        {2026, 1, 0, 0, 0, 0},      {2026, 1, 1, 24, 0, 0}, {2026, 1, 1, 0, 60, 0},
        {2026, 1, 1, 0, 0, 60},     {65535, 1, 1, 0, 0, 0}, {2165, 165, 165, 165, 165, 165},
    };
    const struct calendar leap = {2024, 2, 29, 0, 0, 0};
    (void)state;

    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
        assert_int_equal(calendar_to_unix(&times[i]), 0);
    assert_int_equal(calendar_to_unix(&leap), 1709164800);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_is_counted_as_the_c_library_does),
        cmocka_unit_test(what_is_no_time_is_0),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
