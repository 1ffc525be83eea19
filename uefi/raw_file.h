/* SPDX-License-Identifier: MIT */
/*
 * A file by the loader's own FAT reader, for when the firmware's file system driver has failed: it
 * makes do with less than the driver reads ahead, and knows which sector it is that cannot be read.
 */
#pragma once

#include "uefi.h"

#include "format/reader.h"

/* Opens a file of the FAT volume that is `device`. `path` is as in firmware_open_file(). */
bool raw_file_open(EFI_HANDLE device, const char *path, struct reader **out, struct error *error);
