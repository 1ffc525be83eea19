/* SPDX-License-Identifier: MIT */
/* Finds and checks what a kernel asks for: the ELF note of bowline.h. */
#pragma once

#include <bowline.h>

#include "format/elf.h"

/*
 * Looks in every PT_NOTE, then in the SHT_NOTE sections. A request that is shorter than the
 * loader's own reads as 0 where it ends; a longer one is cut. *found is false, and *out all
 * defaults, for a kernel without a request. Two requests that differ are an error, and so are
 * requirements that this loader does not know.
 */
bool request_read(struct reader *file, const struct elf_kernel *kernel, struct bowline_request *out,
                  bool *found, struct error *error);
