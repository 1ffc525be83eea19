/* SPDX-License-Identifier: MIT */
/* The files of an image as a directory, for a TFTP server. */
#pragma once

#include "image/image.h"

/* As in the ESP of an image; docs/network.md says what the DHCP server has to be told of it. */
#define NETBOOT_FILE      "EFI/BOOT/BOOTX64.EFI"
#define NETBOOT_FILE_32   "EFI/BOOT/BOOTIA32.EFI" /* for 32-bit firmware */
#define NETBOOT_BIOS_FILE "bowline.0"

/*
 * Makes the directory and those above it, where they are not there yet, and writes what an image of
 * `spec` holds, and the file for BIOS, into it; spec->output is not looked at, and of the result,
 * which may be NULL, only has_request is set. Each file appears whole or not at all: kernel and
 * modules first, boot.conf when they are there.
 */
bool netboot_write(const struct mkimage_spec *spec, const char *directory,
                   struct mkimage_result *result, struct error *error);
