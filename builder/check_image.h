/* SPDX-License-Identifier: MIT */
/* The half of `mkimage check` that is for disk images. */
#pragma once

#include "format/reader.h"
#include "verbs.h"

/* Does it begin as a disk does, of whatever scheme, or as a disc? An ELF file does not. */
bool is_image(struct reader *file);

/* Prints one line for each structure, what is wrong on stderr, and the verdict. */
enum exit_status check_image(const char *path, struct reader *image);
