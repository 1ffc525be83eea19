/* SPDX-License-Identifier: MIT */
/* Finding the UEFI firmware for QEMU (OVMF), which every distribution puts elsewhere. */
#pragma once

#include "base/error.h"

/* Two parts of one build. The caller frees both paths. */
struct ovmf {
    char *code;
    char *variables; /* the template: each machine gets a copy of its own */
};

/* Where to look. Strings may be NULL. */
struct ovmf_search {
    bool is_32_bit;        /* the build that runs in 32-bit mode */
    const char *code;      /* OVMF_CODE or OVMF32_CODE: this file and no other */
    const char *variables; /* OVMF_VARS or OVMF32_VARS: this file and no other */
    const char *root;      /* put in front of the well-known paths; "" outside of tests */
    const char *qemu;      /* QEMU's own path: firmware lies in share/qemu of its prefix too */
};

/*
 * A pair is only accepted when it fits: code and variables share one flash of 2 or 4 MiB, so their
 * sizes add up to a power of two. The 2 MiB code hangs with the 4 MiB build's variables.
 */
bool ovmf_find(const struct ovmf_search *search, struct ovmf *out, struct error *error);
void ovmf_free(struct ovmf *ovmf);
