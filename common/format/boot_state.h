/* SPDX-License-Identifier: MIT */
/* The boot state, as far as bowline_state.h leaves it to the loader and mkimage. */
#pragma once

#include <bowline_state.h>
#include <stddef.h>

/* Bytes from the start of the disk to the first record. */
#define BOOT_STATE_OFFSET UINT64_C(0xe0000)

static inline uint64_t boot_state_place(int record)
{
    return BOOT_STATE_OFFSET + (uint64_t)record * BOWLINE_STATE_DISTANCE;
}

/* What the records call an entry of this name. */
uint64_t boot_state_name(const char *name, size_t length);
