/* SPDX-License-Identifier: MIT */
/*
 * What an address is, in words: for the fault screen. Pure functions on what the loader has told
 * the resident part. Each writes one fact, terminated, into `text`, and returns its length; where
 * there is nothing to say that is 0.
 */
#pragma once

#include "handover/resident.h"

/* "the address lies in the modules", or what it lies close to. */
size_t describe_address(const struct resident *resident, uint64_t address, char *text,
                        size_t capacity);

/* Where the memory is that somebody who believes in an identity map looked for at `address`. */
size_t describe_physical(const struct resident *resident, uint64_t address, char *text,
                         size_t capacity);

/* That the stack has overflowed, if `stack_pointer` tells. */
size_t describe_stack(const struct resident *resident, uint64_t stack_pointer, char *text,
                      size_t capacity);
