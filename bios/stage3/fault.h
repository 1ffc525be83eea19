/* SPDX-License-Identifier: MIT */
/* Faults in stage 3 itself: a bug of ours, shown rather than a silent reset. */
#pragma once

/* Makes the interrupt table and loads it, and the segments that bios_calls() needs. */
void fault_start(void);
