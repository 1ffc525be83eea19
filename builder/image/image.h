/* SPDX-License-Identifier: MIT */
/* Building an image: mkimage_build() with an error as data. */
#pragma once

#include "base/error.h"
#include "mkimage.h"

/* As mkimage_build(). `result` may be NULL. */
bool image_build(const struct mkimage_spec *spec, struct mkimage_result *result,
                 struct error *error);

/* The output's default name: the kernel's without its extension, plus ".img". Allocated. */
char *image_default_name(const char *kernel);
