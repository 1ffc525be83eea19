/* SPDX-License-Identifier: MIT */
/* Can this processor run a 64-bit kernel? */
#pragma once

/* Returns if it has long mode and NX; says so otherwise, and stops. Needs no more than a 386. */
void processor_check(void);
