/* SPDX-License-Identifier: MIT */
/* bios_calls() that asks a function of the test for each call. */
#pragma once

#include <stdbool.h>

#include "bios_call.h"

/* Changes the registers as the service would. Carry is clear before. */
extern void (*fake_service)(struct bios_call *call);

extern uint32_t fake_trips; /* how often bios_calls() has been called */
