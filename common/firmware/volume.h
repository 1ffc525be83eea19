/* SPDX-License-Identifier: MIT */
/* The files beside the loader. */
#pragma once

#include "format/reader.h"

/*
 * Opens a file of the volume that the loader itself was read from, and of no other. `path` is
 * absolute with '/' between names. The caller closes *out. ERROR_FILE_NOT_FOUND when it is not
 * there.
 */
bool firmware_open_file(const char *path, struct reader **out, struct error *error);
