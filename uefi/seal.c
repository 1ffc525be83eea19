/* SPDX-License-Identifier: MIT */
#include "firmware/seal.h"

/* A section of its own in the file, where mkimage finds it (application.ld, write_pe.c). */
__attribute__((section(".seal"))) static const struct seal area = SEAL_EMPTY;

const struct seal *firmware_find_seal(void)
{
    const struct seal *seal = &area;

    __asm__("" : "+r"(seal)); /* what the compiler has put there may have been replaced */
    return seal;
}
