/* SPDX-License-Identifier: MIT */
#include "host/parts.h"

#include "cpu/cpu.h"
#include "cpu/local_apic.h"

void host_processor_init(struct host_machine *machine)
{
    machine->has_long_mode = true;
    machine->has_nx = true;
}

/* ---- cpu/cpu.h: a processor whose only device is the debug console at port 0xe9 ---- */

struct cpuid cpu_id(uint32_t leaf, uint32_t subleaf)
{
    (void)leaf, (void)subleaf;
    return (struct cpuid){0};
}

uint64_t cpu_read_tsc(void)
{
    return host_current->tsc++;
}

bool cpu_random_seed(uint64_t *out)
{
    (void)out;
    return false;
}

bool cpu_random(uint64_t *out)
{
    if (host_current->random == 0)
        return false;
    *out = host_current->random = host_current->random * 6364136223846793005 + 1442695040888963407;
    return true;
}

/* The simulated processor has none. */
bool local_apic_silence(struct error *error)
{
    (void)error;
    return true;
}

void cpu_pause(void)
{
}

void cpu_out8(uint16_t port, uint8_t value)
{
    if (port == 0xe9 && host_current->log_length < HOST_LOG_MAX)
        host_current->log[host_current->log_length++] = (char)value;
}

unsigned long cpu_hold_interrupts(void)
{
    return 0;
}

void cpu_release_interrupts(unsigned long held)
{
    (void)held;
}

uint8_t cpu_in8(uint16_t port)
{
    /* Where no device answers, the bus reads as ones. */
    return port == 0xe9 ? 0xe9 : 0xff;
}

uint32_t cpu_in32(uint16_t port)
{
    (void)port;
    return host_current->timer += host_current->timer_step;
}

void cpu_halt(void)
{
    host_end_boot(HOST_HALTED);
}

bool cpu_is_virtual(void)
{
    return false;
}

bool cpu_has_long_mode(void)
{
    return host_current->has_long_mode;
}

bool cpu_has_nx(void)
{
    return host_current->has_nx;
}

bool cpu_has_1gib_pages(void)
{
    return host_current->has_1gib_pages;
}

bool cpu_has_five_levels(void)
{
    return host_current->has_five_levels;
}

unsigned cpu_page_table_levels(void)
{
    if (host_current->runs_in_32_bit_mode)
        return 0;
    return host_current->has_five_levels && host_current->runs_with_five_levels ? 5 : 4;
}
