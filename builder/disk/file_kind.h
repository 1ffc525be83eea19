/* SPDX-License-Identifier: MIT */
/* What a file is, told by its bytes and not by its name. */
#pragma once

#include "format/reader.h"

enum file_kind {
    FILE_KERNEL,   /* ELF, or packed */
    FILE_IMAGE,    /* a disk, or a disc: boot sector, GPT, ISO 9660 */
    FILE_BOOT_LOG, /* text with lines of the loader */
};

/* ELF; or packed by gzip, and what is in it only unpacking tells. */
bool is_kernel(struct reader *file);

/* Does it begin as a disk does, of whatever scheme, or as a disc? A kernel does not. */
bool is_image(struct reader *file);

/* Fails with FILE_KIND for what is none of them. */
bool file_kind_find(struct reader *file, enum file_kind *out, struct error *error);
