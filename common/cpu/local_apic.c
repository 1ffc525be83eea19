/* SPDX-License-Identifier: MIT */
#include "cpu/local_apic.h"

#include <stddef.h>

#include "base/units.h"
#include "cpu/cpu.h"

/* Registers: offsets in the APIC's page, or numbers of MSRs with >> 4 and 0x800 (x2APIC). */
enum {
    APIC_VERSION = 0x030, /* bits 16-23: the highest entry of the local vector table */
    APIC_TASK_PRIORITY = 0x080,
    APIC_EOI = 0x0b0,
    APIC_IN_SERVICE = 0x100, /* eight registers of 32 vectors each */
    APIC_REQUESTED = 0x200,  /* likewise */
    APIC_CMCI = 0x2f0,
    APIC_TIMER = 0x320,
    APIC_THERMAL = 0x330,
    APIC_PERFORMANCE = 0x340,
    APIC_ERROR = 0x370,
    APIC_TIMER_INITIAL_COUNT = 0x380,

    NO_EXCEPTIONS = 0x10, /* a task priority: it holds back vectors below 32 */
    LOCAL_MASKED = 1 << 16,
    LOCAL_MODE = 7 << 8,
    LOCAL_MODE_SMI = 2 << 8,
    TIMER_MODE = 3 << 17, /* once, periodic, or at a TSC deadline */

    BASE_MSR = 0x1b,
    BASE_IS_X2APIC = 1 << 10,
    BASE_IS_ENABLED = 1 << 11,
};
#define BASE_ADDRESS UINT64_C(0xffffffffff000)
#define EDX_APIC     (1u << 9) /* CPUID leaf 1 */

/* More rounds than there are vectors: whatever waits then has been requested again. */
enum { ROUNDS_MAX = 256 + 16 };

static uint32_t read(uint64_t base, uint32_t offset)
{
    if (base & BASE_IS_X2APIC)
        return (uint32_t)cpu_read_msr(0x800 + (offset >> 4));
    return *(volatile uint32_t *)(uintptr_t)((base & BASE_ADDRESS) + offset);
}

static void write(uint64_t base, uint32_t offset, uint32_t value)
{
    if (base & BASE_IS_X2APIC)
        cpu_write_msr(0x800 + (offset >> 4), value);
    else
        *(volatile uint32_t *)(uintptr_t)((base & BASE_ADDRESS) + offset) = value;
}

/* The highest vector in one of the two rows of 256 bits; 0, which is none of the APIC's: none. */
static uint32_t highest_vector(uint64_t base, uint32_t row)
{
    for (uint32_t i = 8; i-- > 0;) {
        uint32_t vectors = read(base, row + 16 * i);

        if (vectors != 0)
            return 32 * i + 31 - (uint32_t)__builtin_clz(vectors);
    }
    return 0;
}

static void acknowledge(uint64_t base)
{
    for (unsigned i = 0; i < 256 && highest_vector(base, APIC_IN_SERVICE) != 0; i++)
        write(base, APIC_EOI, 0);
}

/*
 * A timer that waits for a TSC deadline ignores its count, and stays armed when it is masked:
 * another mode disarms it (Intel SDM, volume 3, "TSC-Deadline Mode").
 */
static void stop_timer(uint64_t base)
{
    write(base, APIC_TIMER, (read(base, APIC_TIMER) & ~(uint32_t)TIMER_MODE) | LOCAL_MASKED);
    write(base, APIC_TIMER_INITIAL_COUNT, 0);
}

static void mask_sources(uint64_t base)
{
    static const struct {
        uint16_t offset;
        uint8_t entry; /* in the order in which they were added to processors */
    } sources[] = {
        {APIC_ERROR, 3},
        {APIC_PERFORMANCE, 4},
        {APIC_THERMAL, 5},
        {APIC_CMCI, 6},
    };
    uint32_t highest = read(base, APIC_VERSION) >> 16 & 0xff;

    for (size_t i = 0; i < COUNT_OF(sources); i++) {
        if (sources[i].entry > highest)
            continue;
        uint32_t value = read(base, sources[i].offset);
        if ((value & LOCAL_MODE) != LOCAL_MODE_SMI)
            write(base, sources[i].offset, value | LOCAL_MASKED);
    }
}

bool local_apic_silence(struct error *error)
{
    if (!(cpu_id(1, 0).edx & EDX_APIC))
        return true;
    uint64_t base = cpu_read_msr(BASE_MSR);
    if (!(base & BASE_IS_ENABLED))
        return true;
    stop_timer(base);
    mask_sources(base);
    acknowledge(base);
    write(base, APIC_TASK_PRIORITY, NO_EXCEPTIONS);
    for (unsigned i = 0; i < ROUNDS_MAX && highest_vector(base, APIC_REQUESTED) != 0; i++) {
        cpu_accept_interrupts();
        acknowledge(base);
    }
    write(base, APIC_TASK_PRIORITY, 0);
    uint32_t vector = highest_vector(base, APIC_REQUESTED);
    return vector == 0 || FAIL(error, INTERRUPT_PENDING, vector);
}
