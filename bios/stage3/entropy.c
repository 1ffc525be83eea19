/* SPDX-License-Identifier: MIT */
#include "firmware/entropy.h"

/* A BIOS has none. */
bool firmware_random(void *bytes, size_t length)
{
    (void)bytes, (void)length;
    return false;
}
