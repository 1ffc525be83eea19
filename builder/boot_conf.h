/* SPDX-License-Identifier: MIT */
/* Writes /bowline/boot.conf for what an image is built from. */
#pragma once

#include "image.h"

/* Where things lie in the ESP (docs/image-layout.md). */
#define IMAGE_KERNEL_PATH  "/kernel.elf"
#define IMAGE_MODULES_PATH "/modules/"
#define IMAGE_UEFI_PATH    "/EFI/BOOT/BOOTX64.EFI"

/* Path of a module in the image: IMAGE_MODULES_PATH and its name. To be freed; NULL: no memory. */
char *module_path(const struct image_module *module);

/*
 * *text is to be freed. Refuses what boot.conf cannot express, and reads the text back with the
 * loader's own reader to be sure.
 */
bool boot_conf_make(const struct image_spec *spec, char **text, size_t *length,
                    struct error *error);
