/* SPDX-License-Identifier: MIT */
/* What is different in 64-bit and in 32-bit mode: mode_64.c and mode_32.c. */
#pragma once

#include "handover/resident.h"

/*
 * An interrupt table with the exceptions of the present one, and `handler` for everything else.
 * Bases of 32-bit mode have an upper half of 0.
 */
struct table_pointer mode_make_idt(const struct table_pointer *present, uint64_t handler);

enum { EXCEPTIONS = 32, INTERRUPT_GATE = 0x8e };
