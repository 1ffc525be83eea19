/* SPDX-License-Identifier: MIT */
/* Where on a server the loader's files lie, told by the path of the loader itself. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * The first so-many of the `length` bytes of `path` are the directory of the loader's files:
 * nothing, or all up to a '/'. It is the boot file's own, or the one above where the boot file is
 * EFI/BOOT/BOOTX64.EFI in it, as on a disk.
 */
size_t boot_path_root(const char *path, size_t length);

/* Are `length` characters `name`, which is in small letters, in letters of any size? */
bool is_same_name(const char *text, const char *name, size_t length);
