/* SPDX-License-Identifier: MIT */
#include "base/calendar.h"

#include <stdbool.h>

static bool is_leap(uint32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static uint32_t days_of(uint32_t month, uint32_t year)
{
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && is_leap(year) ? 1u : 0u);
}

uint64_t calendar_to_unix(const struct calendar *time)
{
    uint64_t days;

    if (time->year < 1970 || time->year > 9999 || time->month < 1 || time->month > 12 ||
        time->day < 1 || time->day > days_of(time->month, time->year) || time->hour > 23 ||
        time->minute > 59 || time->second > 59)
        return 0;
    days = time->day - 1;
    for (uint32_t year = 1970; year < time->year; year++)
        days += is_leap(year) ? 366 : 365;
    for (uint32_t month = 1; month < time->month; month++)
        days += days_of(month, time->year);
    return ((days * 24 + time->hour) * 60 + time->minute) * 60 + time->second;
}
