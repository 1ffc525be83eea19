/* SPDX-License-Identifier: MIT */
/* Checking a kernel or an image: mkimage_check() with an error as data. */
#pragma once

#include "base/error.h"
#include "mkimage.h"

/*
 * What is wrong with the file is in the result, which check_file_free() gives back. False: it could
 * not be found out, and there is no result.
 */
bool check_file(const char *path, const struct mkimage_check_options *options,
                struct mkimage_check_result *out, struct error *error);

void check_file_free(struct mkimage_check_result *result);
