/* SPDX-License-Identifier: MIT */
/* The gate that hides every second MiB of memory from an AT's processor until it is opened. */
#pragma once

#include <stdbool.h>

/* Opens it by whichever of the four known ways works. False: none did. */
bool a20_enable(void);

/*
 * Does a write above 1 MiB stay away from the bytes 1 MiB below? In start.S: it takes segments that
 * C does not know of.
 */
bool a20_is_on(void);
