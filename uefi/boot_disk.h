/* SPDX-License-Identifier: MIT */
/* The disk behind a partition, by its device path. */
#pragma once

#include "block_device.h"

/*
 * Opens the disk that the first `length` bytes of a device path lead to, and no controller before
 * it. The caller closes it.
 */
bool boot_disk_open(const void *path, size_t length, struct block_device *out, struct error *error);
