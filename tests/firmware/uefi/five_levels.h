/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/*
 * Goes from four to five levels of page tables, by way of 32-bit mode without paging: CR4.LA57
 * cannot change under it (Intel SDM, volume 3, 4.1.2). `root` is the new CR3; it, the stack and
 * this code lie below 4 GiB, at the same addresses under both.
 */
void enter_five_levels(uint64_t root);
