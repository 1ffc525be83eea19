/* SPDX-License-Identifier: MIT */
/* Would the loader boot this kernel? Its own readers decide, with libelf as a second opinion. */
#pragma once

#include "format/request.h"
#include "memory/layout.h"

struct kernel_facts {
    struct elf_kernel elf;
    struct bowline_request request; /* all defaults without has_request */
    bool has_request;
};

/* `fd` is the same file for libelf. */
bool kernel_check(struct reader *file, int fd, struct kernel_facts *out, struct error *error);
