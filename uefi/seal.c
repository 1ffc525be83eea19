/* SPDX-License-Identifier: MIT */
#include "firmware/seal.h"

/*
 * A section of its own in the file, where mkimage finds it (application.ld, write_pe.c). Whoever
 * reads it is compiled apart: no compiler has put what it sees here into its code.
 */
__attribute__((section(".seal"))) static const struct seal area = SEAL_EMPTY;

const struct seal *firmware_find_seal(void)
{
    return &area;
}
