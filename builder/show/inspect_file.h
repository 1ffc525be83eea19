/* SPDX-License-Identifier: MIT */
/* Showing what is in a file: mkimage_inspect() with an error as data. */
#pragma once

#include "base/error.h"
#include "mkimage.h"

/* `*out` is for free(). */
bool inspect_file(const char *path, enum mkimage_form form, char **out, struct error *error);
