/* SPDX-License-Identifier: MIT */
/* From what clocks show to Unix time. */
#pragma once

#include <stdint.h>

struct calendar {
    uint32_t year;  /* from 1970 */
    uint32_t month; /* from 1 */
    uint32_t day;
    uint32_t hour, minute, second;
};

/* Seconds since 1970-01-01 00:00:00, or 0 for what is no time: clocks without a battery show such.
 */
uint64_t calendar_to_unix(const struct calendar *time);
