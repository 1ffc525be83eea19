/* SPDX-License-Identifier: MIT */
/* What a file is, told by its bytes and not by its name. */
#pragma once

#include "format/reader.h"

enum file_kind {
    FILE_KERNEL,   /* ELF */
    FILE_IMAGE,    /* a disk, or a disc: boot sector, GPT, ISO 9660 */
    FILE_BOOT_LOG, /* text with lines of the loader */
};

/* Fails with FILE_KIND for what is none of them. */
bool file_kind_find(struct reader *file, enum file_kind *out, struct error *error);
