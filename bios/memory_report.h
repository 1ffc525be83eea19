/* SPDX-License-Identifier: MIT */
/* What stage 2 hands to stage 3. */
#pragma once

#include <stdint.h>

/* Types of memory as int 15h AX=E820h gives them (ACPI 6.5, 15.1). Others are reserved. */
enum {
    E820_USABLE = 1,
    E820_RESERVED = 2,
    E820_ACPI_RECLAIMABLE = 3,
    E820_ACPI_NVS = 4,
    E820_BAD = 5,
    E820_PERSISTENT = 7,
};

struct e820_entry {
    uint64_t base;
    uint64_t length;
    uint32_t type;
    uint32_t attributes; /* ACPI 3.0; 1 where the BIOS does not give them */
};
_Static_assert(sizeof(struct e820_entry) == 24, "ACPI 6.5, table 15.4");

enum { MEMORY_ENTRIES_MAX = 512 };

/* The compilers of the two stages differ in how they align 64 bits: hence the unused ones. */
struct memory_report {
    uint32_t count;
    uint32_t unused;
    struct e820_entry entries[MEMORY_ENTRIES_MAX]; /* as reported: unsorted, perhaps overlapping */
};

struct stage2_report {
    uint32_t is_network;   /* we come from the network, and the next two are 0 */
    uint32_t drive;        /* the BIOS's number of the disk that we come from */
    uint32_t sector_shift; /* its sectors have 512 << sector_shift bytes */
    uint32_t seal;         /* where the struct seal of stage 2's header lies */
    struct memory_report memory;
};
_Static_assert(__builtin_offsetof(struct stage2_report, memory.entries) == 24 &&
                   sizeof(struct stage2_report) == 24 + MEMORY_ENTRIES_MAX * 24,
               "the same in 16-bit and in 64-bit code");
