/* SPDX-License-Identifier: MIT */
/* Paths of files as the firmware wants them. */
#pragma once

#include "uefi.h"

#include <stddef.h>

/* Names in the ESP have up to 255 characters; a path may have several. */
enum { FILE_PATH_MAX = 1024 };

/*
 * '/' becomes '\\'. Returns how many CHAR16 that were, with the NUL; 0: no file of a volume can
 * have this path. A backslash in it is not taken for a separator, as it is none on BIOS either.
 */
size_t file_path_convert(const char *path, CHAR16 out[FILE_PATH_MAX]);
