/* SPDX-License-Identifier: MIT */
/* What whoever has started the loader adds to the kernel's command line. */
#pragma once

#include <stddef.h>

/*
 * Writes the text that the loader was started with, as UTF-8 and without a NUL; to NULL nothing.
 * Returns the number of bytes; 0: there is none, and what is at `out` is nothing. It has no control
 * characters but tabs, and no spaces at its ends.
 */
size_t firmware_load_options(char *out);
