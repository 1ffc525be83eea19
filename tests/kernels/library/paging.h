/* SPDX-License-Identifier: MIT */
/* What the page tables that the loader has made say of an address. */
#pragma once

#include "kernel.h"

struct page {
    uint64_t phys; /* of the address that was asked for */
    bool is_writable, is_executable;
};

/* Follows the tables, which are seen through the direct map. False: nothing is mapped there. */
bool find_page(const struct bowline_info *boot, uint64_t address, struct page *out);
