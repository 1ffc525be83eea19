/* SPDX-License-Identifier: MIT */
/* The machine's clock. */
#pragma once

#include <stdint.h>

/* Unix seconds, taking the clock for UTC unless the firmware knows its zone; 0: unreadable. */
uint64_t firmware_time(void);
