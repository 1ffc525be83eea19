/* SPDX-License-Identifier: MIT */
/* The real-time clock of the PC (Motorola MC146818), by its ports: int 1Ah hides what it fails at.
 */
#include "firmware/clock.h"

#include <stdbool.h>

#include "base/calendar.h"
#include "base/string.h"
#include "cpu/cpu.h"
#include "firmware/memory.h"

enum {
    PORT_INDEX = 0x70,
    PORT_DATA = 0x71,
    SECOND = 0x00,
    MINUTE = 0x02,
    HOUR = 0x04,
    DAY = 0x07,
    MONTH = 0x08,
    YEAR = 0x09,
    STATUS_A = 0x0a,
    STATUS_B = 0x0b,

    UPDATING = 0x80, /* status A */
    IS_24_HOURS = 2, /* status B */
    IS_BINARY = 4,
    IS_AFTERNOON = 0x80, /* in the hour */

    /* An update takes 2 ms; a port access about a microsecond, or far less in an emulator. */
    LOOKS_MAX = 100000,
    READS_MAX = 4,
};

static uint8_t read(uint8_t index)
{
    cpu_out8(PORT_INDEX, index);
    return cpu_in8(PORT_DATA);
}

static bool wait_for_update(void)
{
    for (uint32_t looks = 0; looks < LOOKS_MAX; looks++) {
        if (!(read(STATUS_A) & UPDATING))
            return true;
    }
    return false;
}

static uint32_t decode(uint8_t value, uint8_t status)
{
    return status & IS_BINARY ? value : value % 16u + value / 16u * 10u;
}

static struct calendar read_once(void)
{
    uint8_t status = read(STATUS_B), hour = read(HOUR);
    struct calendar now = {
        .year = 2000 + decode(read(YEAR), status), /* the century has no agreed place */
        .month = decode(read(MONTH), status),
        .day = decode(read(DAY), status),
        .hour = decode(hour & (status & IS_24_HOURS ? 0xff : 0x7f), status),
        .minute = decode(read(MINUTE), status),
        .second = decode(read(SECOND), status),
    };

    if (!(status & IS_24_HOURS))
        now.hour = now.hour % 12 + (hour & IS_AFTERNOON ? 12 : 0);
    return now;
}

/* Until two readings agree: the clock may have moved on in the midst of one. */
uint64_t firmware_time(void)
{
    struct calendar last = {0};

    firmware_must_be_alive();
    for (unsigned i = 0; i < READS_MAX && wait_for_update(); i++) {
        struct calendar now = read_once();

        if (memcmp(&now, &last, sizeof(now)) == 0)
            return calendar_to_unix(&now);
        last = now;
    }
    return 0;
}
