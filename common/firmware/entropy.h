/* SPDX-License-Identifier: MIT */
/* Random bytes of the firmware. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* False: the firmware has no random numbers, and `bytes` is as it was. */
bool firmware_random(void *bytes, size_t length);
