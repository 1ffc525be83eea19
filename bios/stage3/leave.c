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
    firmware_must_be_alive();
    files_end();
    memory_end();
    return firmware_read_memory_map(final, error);
}

void firmware_give_up(void)
{
    struct bios_call call = {.interrupt = 0x18}; /* BIOS Boot Specification 1.01, 6.7 */

    firmware_must_be_alive();
    files_end();
    bios_calls(&call, 1);
    firmware_reset();
}

void firmware_reset(void)
{
    cpu_reset();
}

/* APM 1.2, 4.6: connect in real mode, say that we know version 1.2, and switch everything off. */
void firmware_power_off(void)
{
    struct bios_call calls[] = {
        {.interrupt = 0x15, .eax = 0x5301},
        {.interrupt = 0x15, .eax = 0x530e, .ecx = 0x0102},
        {.interrupt = 0x15, .eax = 0x5307, .ebx = 1, .ecx = 3},
    };

    firmware_must_be_alive();
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        bios_calls(&calls[i], 1); /* it may be connected already, or know only version 1.0 */
}

/* A BIOS is asked for it with a key, while it starts. */
bool firmware_has_setup(void)
{
    return false;
}

void firmware_enter_setup(void)
{
}

/* Stage 3 lies where its page tables show it: everywhere executable. */
void firmware_switch_code(uint64_t *phys, uint64_t *length)
{
    uint64_t start = align_down((uintptr_t)handover_switch_start, PAGE_SIZE);

    *phys = start;
    *length = align_up((uintptr_t)handover_switch_end, PAGE_SIZE) - start;
}
