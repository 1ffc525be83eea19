/* SPDX-License-Identifier: MIT */
/* The parts of the kernel's address space that are not the kernel. */
#pragma once

#include "memory/memory_map.h"
#include "memory/page_tables.h"

/* Bytes of the direct map for this machine: 4 GiB, or up to the top of its RAM. */
uint64_t direct_map_size(const struct memory_map *map);

/*
 * Maps physical [0, 4 GiB) and all RAM above it to `virtual` and up. RAM is cached, all else is
 * not; a large page never spans both.
 */
bool direct_map_build(const struct memory_map *map, uint64_t virtual, struct page_tables *tables,
                      struct error *error);
