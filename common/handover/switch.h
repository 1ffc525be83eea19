/* SPDX-License-Identifier: MIT */
/* The instructions between two sets of page tables. */
#pragma once

#include <stdint.h>

/*
 * Loads the page tables at `root` and jumps to `enter` with `resident` in rsi. It lies in the
 * loader's own code, at handover_switch_start to handover_switch_end, which `root` maps where they
 * are. In 32-bit mode it only jumps, without paging, to `enter` in the crossing.
 */
_Noreturn void handover_switch(uint64_t root, uint64_t resident, uint64_t enter);

extern const char handover_switch_start[], handover_switch_end[];
