/* SPDX-License-Identifier: MIT */
#include "firmware/load_options.h"

/* A BIOS starts what it finds, and says nothing to it. */
size_t firmware_load_options(char *out)
{
    (void)out;
    return 0;
}
