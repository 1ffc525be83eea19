/* SPDX-License-Identifier: MIT */
/* The texts of errors.def: a table on the host, packed in the loader, whose size has limits. */
#pragma once

#include "base/error.h"

struct error_texts {
    const char *name;
    const char *cause; /* with its placeholders */
    const char *remedy;
};

struct error_texts error_texts(enum error_code code);
