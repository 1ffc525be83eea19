/* SPDX-License-Identifier: MIT */
/*
 * Memory between two pages that cannot be touched: a single byte read or written on the guarded
 * side ends the program, in every build and whatever the instruction.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct guarded {
    uint8_t *bytes; /* of the size that was asked for; zero */
    void *mapping;
    size_t mapping_size;
};

enum guarded_side { GUARDED_BEFORE, GUARDED_AFTER };

/* Ends the program if there is no memory. */
struct guarded guarded_make(size_t size, enum guarded_side side);

void guarded_free(struct guarded *guarded);
