/* SPDX-License-Identifier: MIT */
/*
 * What tells one content from another while an image is made: XXH3 of 128 bits, which costs little
 * more than reading. Two contents have the same one by accident with a probability of 2^-128; who
 * wants to can make such two, so that nothing here guards against intent: that is SHA-256's work.
 */
#pragma once

#include "format/reader.h"

struct fingerprint {
    uint8_t bytes[16];
};

/* Of everything that `reader` holds, read window by window. */
bool fingerprint_reader(struct reader *reader, struct fingerprint *out, struct error *error);

bool fingerprints_equal(const struct fingerprint *a, const struct fingerprint *b);
