/* SPDX-License-Identifier: MIT */
/* The firmware's part of a kernel's command line. */
#pragma once

#include "memory/frames.h"

/*
 * Makes *options a text in memory of its own that goes on with what the loader was started with, if
 * that is anything.
 */
bool load_options_append(struct frames *frames, const char **options, struct error *error);
