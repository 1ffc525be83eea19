/* SPDX-License-Identifier: MIT */
/* The promises of docs/boot-protocol.md, chapter by chapter. Each function fails the test or
 * returns. */
#pragma once

#include "../library/kernel.h"
#include "../library/paging.h"

void check_entry(const struct bowline_info *boot);      /* registers, segments, tables */
void check_interrupts(const struct bowline_info *boot); /* nothing is pending, iretq works */
void check_timer(void);                                 /* the PICs reach the processor */
void check_info(const struct bowline_info *boot);       /* every field that 0.1 fills in */
void check_memory_map(const struct bowline_info *boot);
void check_odd_map(const struct bowline_info *boot); /* of a BIOS with an option ROM of ours */
void check_address_space(const struct bowline_info *boot);
void check_framebuffer(const struct bowline_info *boot);

/* The kernel's own segments: kernel.ld. */
extern const uint8_t code_start[], code_end[], constants_start[], constants_end[];
extern const uint8_t variables_start[], variables_file_end[], variables_end[];

/* The region of the memory map that a physical address lies in; NULL: none. */
const struct bowline_memory_region *region_at(const struct bowline_info *boot, uint64_t phys);

/* Is the memory of this kind RAM that a processor may cache? */
bool kind_is_ram(uint64_t kind);
