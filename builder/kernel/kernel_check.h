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

/* `fd` is the same file for libelf; -1: it is not asked. */
bool kernel_check(struct reader *file, int fd, struct kernel_facts *out, struct error *error);

/*
 * Plans the address space with the least that there is on every machine that the kernel runs on,
 * and with `modules` bytes of modules, whole pages: is there a place for all? kernel_check() has
 * asked without any.
 */
bool kernel_check_layout(const struct kernel_facts *kernel, uint64_t modules, struct error *error);
