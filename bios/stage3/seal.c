/* SPDX-License-Identifier: MIT */
#include "firmware/seal.h"

#include "bios.h"

/* In stage 2, whose memory nobody else uses. */
static const struct seal *seal;

void seal_start(const struct stage2_report *report)
{
    seal = (const struct seal *)(uintptr_t)report->seal;
}

const struct seal *firmware_find_seal(void)
{
    return seal;
}
