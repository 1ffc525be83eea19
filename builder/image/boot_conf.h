/* SPDX-License-Identifier: MIT */
/* Writes /bowline/boot.conf for what an image is built from. */
#pragma once

#include "base/sha256.h"
#include "format/reader.h"
#include "image/image.h"

/* Where things lie in the ESP (docs/image-layout.md). */
#define IMAGE_KERNEL_PATH  "/kernel.elf"
#define IMAGE_MODULES_PATH "/modules/"
#define IMAGE_UEFI_PATH    "/EFI/BOOT/BOOTX64.EFI"
#define IMAGE_UEFI_32_PATH "/EFI/BOOT/BOOTIA32.EFI"

/* Path of the kernel in the image: a packed one keeps that part of its name. */
const char *kernel_path(const struct mkimage_spec *spec);

/* Path of a module in the image: IMAGE_MODULES_PATH and its name. To be freed; NULL: no memory. */
char *module_path(const struct mkimage_module *module);

/*
 * Takes one that somebody has written, byte by byte; what is in it has not been looked at. *text is
 * to be freed and has the reader's size.
 */
bool boot_conf_load(struct reader *file, char **text, struct error *error);

/*
 * *text is to be freed. `hashes` are those of the kernel and of the modules, in their order; NULL:
 * there shall be none in it. Refuses what boot.conf cannot express, and reads the text back with
 * the loader's own reader to be sure.
 */
bool boot_conf_make(const struct mkimage_spec *spec, const uint8_t (*hashes)[SHA256_SIZE],
                    char **text, size_t *length, struct error *error);
