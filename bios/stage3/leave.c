/* SPDX-License-Identifier: MIT */
#include "firmware/leave.h"

#include "base/units.h"
#include "bios.h"
#include "bios_call.h"
#include "cpu/cpu.h"
#include "handover/switch.h"

/*
 * Interrupts have been off since stage 2, but for the trips to real mode: there is nothing to tell
 * the BIOS.
 */
bool firmware_take_over(struct firmware_memory_map *final, struct error *error)
{
    firmware_must_be_alive(__func__);
    files_end();
    memory_end();
    return firmware_read_memory_map(final, error);
}

void firmware_give_up(void)
{
    struct bios_call call = {.interrupt = 0x18}; /* BIOS Boot Specification 1.01, 6.7 */

    firmware_must_be_alive(__func__);
    files_end();
    bios_calls(&call, 1);
    firmware_reset();
}

void firmware_reset(void)
{
    cpu_reset();
}

/* Stage 3 lies where its page tables show it: everywhere executable. */
void firmware_switch_code(uint64_t *phys, uint64_t *length)
{
    uint64_t start = align_down((uintptr_t)handover_switch_start, PAGE_SIZE);

    *phys = start;
    *length = align_up((uintptr_t)handover_switch_end, PAGE_SIZE) - start;
}
