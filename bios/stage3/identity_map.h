/* SPDX-License-Identifier: MIT */
/*
 * The loader's own view of physical memory: every address where it is. Stage 2 has mapped the first
 * 4 GiB; what lies above is mapped when it is asked for, from table memory set aside for it.
 */
#pragma once

#include "regions.h"

/* Bytes of table memory that will do for all usable memory above 4 GiB. */
uint64_t identity_map_table_size(const struct memory_report *report);

/* Hands that memory over; it lies below 4 GiB. */
void identity_map_start(struct range tables);

/* Maps [phys, phys + length), unless it is mapped. False: the table memory is used up. */
bool identity_map_reach(uint64_t phys, uint64_t length);
