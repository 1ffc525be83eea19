/* SPDX-License-Identifier: MIT */
/* Memory for files that are read whole before they are used. */
#pragma once

#include "base/error.h"

/*
 * Makes *bytes, of which the first `size` are in use, hold `capacity` bytes: a block of the
 * firmware's pool, or NULL for none. The caller frees it; after a failure the old one is there.
 */
bool pool_grow(uint8_t **bytes, uint64_t size, uint64_t capacity, struct error *error);
