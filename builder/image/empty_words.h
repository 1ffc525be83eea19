/* SPDX-License-Identifier: MIT */
/* The places for the last words (format/last_words.h) of an image that has not booted yet. */
#pragma once

#include "system/output.h"

bool empty_words_write(struct output *output, struct error *error);
