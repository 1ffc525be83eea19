/* SPDX-License-Identifier: MIT */
#include "fake_bios.h"

void (*fake_service)(struct bios_call *call);
uint32_t fake_trips;

uint32_t bios_calls(struct bios_call *calls, uint32_t count)
{
    fake_trips++;
    for (uint32_t done = 0; done < count; done++) {
        calls[done].flags = 0;
        fake_service(&calls[done]);
        if (calls[done].flags & BIOS_CARRY)
            return done;
    }
    return count;
}
