/* SPDX-License-Identifier: MIT */
#include "firmware/clock.h"

#include "base/calendar.h"
#include "firmware/memory.h"
#include "uefi.h"

/* EFI_TIME.TimeZone is in minutes from UTC, local = UTC - zone (UEFI 2.10, 8.3.1). */
enum { MINUTES_OF_A_DAY = 24 * 60 };

uint64_t firmware_time(void)
{
    EFI_TIME now;

    firmware_must_be_alive();
    if (uefi.system->RuntimeServices->GetTime(&now, NULL) != EFI_SUCCESS)
        return 0;
    const struct calendar shown = {now.Year, now.Month, now.Day, now.Hour, now.Minute, now.Second};
    uint64_t seconds = calendar_to_unix(&shown);
    if (seconds < MINUTES_OF_A_DAY * 60 || now.TimeZone == EFI_UNSPECIFIED_TIMEZONE ||
        now.TimeZone < -MINUTES_OF_A_DAY || now.TimeZone > MINUTES_OF_A_DAY)
        return seconds;
    return seconds + (uint64_t)(now.TimeZone * 60);
}
