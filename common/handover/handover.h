/* SPDX-License-Identifier: MIT */
/*
 * The way from the loader into the kernel.
 *
 * Neither the firmware's page tables nor the kernel's have both the loader and the kernel in them.
 * So the hand-over goes through intermediate tables, which map two things: the few instructions of
 * handover_switch() where they are, and the loader area where the kernel's tables have it too. The
 * last change of page tables happens there.
 *
 * Where the firmware's tables have four levels and the kernel's five, or the other way round, there
 * are two sets of intermediate tables, and the crossing (crossing.h) lies between them. From 32-bit
 * firmware the way begins in the crossing, and there is only the second set.
 */
#pragma once

#include "handover/resident.h"
#include "memory/page_tables.h"

/* Physical memory, whole pages; size 0: none. */
struct handover_memory {
    uint64_t phys;
    uint64_t size;
    unsigned flags; /* enum map_flags */
};

/* What the fault screen writes to and finds names in: mapped behind the resident part. */
struct handover_extras {
    struct handover_memory screen;
    struct handover_memory symbols;
};

struct handover {
    uint64_t phys;    /* of the loader area */
    uint64_t virtual; /* in the kernel's address space */
    struct page_tables intermediate;

    /* Where the processor has five levels, or runs in 32-bit mode: */
    uint64_t crossing; /* physical address of struct crossing; 0: neither */
    struct page_tables beyond;
    bool crosses; /* the kernel has other levels than the firmware, which may have none */
};

/*
 * Takes what has to lie below 4 GiB, while there is room: the crossing, on machines that have one,
 * and the root of the tables beyond it.
 */
bool handover_reserve(struct frames *frames, struct handover *out, struct error *error);

/* Bytes of the loader area, whole pages: the resident part, and what lies behind it. */
uint64_t handover_area_size(const struct handover_extras *extras);

/*
 * Takes memory for the loader area, copies the resident part there, maps it at `virtual` into the
 * kernel's tables and builds the intermediate ones. `handover` comes from handover_reserve().
 */
bool handover_prepare(uint64_t virtual, const struct handover_extras *extras,
                      struct page_tables *kernel_tables, struct frames *frames,
                      struct handover *handover, struct error *error);

/*
 * The writable part, where the loader can touch it. handover_prepare() has made GDT, IDT and TSS,
 * and says where the extras are; the caller fills in the rest.
 */
struct resident *handover_resident(const struct handover *handover);

/* Physical address of the resident part's struct fault_note. */
uint64_t handover_note(const struct handover *handover);

/* Starts the kernel. The firmware has been left, interrupts are off. */
_Noreturn void handover_run(const struct handover *handover);
