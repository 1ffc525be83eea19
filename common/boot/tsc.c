/* SPDX-License-Identifier: MIT */
#include "boot/tsc.h"

#include "base/string.h"
#include "base/units.h"
#include "cpu/cpu.h"
#include "firmware/memory.h"
#include "format/acpi.h"

enum {
    TIMER_BITS = 0xffffff,               /* all timers have 24, some have 32 */
    TICKS_MIN = ACPI_PM_TIMER_HZ / 1000, /* a millisecond: good for 0.1 % */
};

/* CPUID leaf 0x15 (Intel SDM, volume 2A): TSC / crystal = ebx / eax, crystal in ecx. */
static uint64_t ask_processor(void)
{
    if (cpu_id(0, 0).eax < 0x15)
        return 0;
    struct cpuid ratio = cpu_id(0x15, 0);
    if (ratio.eax == 0 || ratio.ebx == 0 || ratio.ecx == 0)
        return 0;
    return (uint64_t)ratio.ecx * ratio.ebx / ratio.eax;
}

/* Leaf 0x40000010 of VMware and KVM: eax is the frequency in kHz. */
static uint64_t ask_hypervisor(void)
{
    if (!cpu_is_virtual() || cpu_id(0x40000000, 0).eax < 0x40000010)
        return 0;
    return (uint64_t)cpu_id(0x40000010, 0).eax * 1000;
}

/* Tables lie below 4 GiB, where every firmware maps everything. */
static bool read_physical(struct reader *reader, uint64_t offset, uint64_t length, void *to,
                          struct error *error)
{
    (void)reader, (void)error;
    memcpy(to, firmware_memory(offset, length), length);
    return true;
}

void tsc_clock_start(struct tsc_clock *clock, uint64_t rsdp)
{
    struct reader memory = {.size = 4 * GIB, .read = read_physical};

    *clock = (struct tsc_clock){.hz = ask_processor()};
    if (clock->hz == 0)
        clock->hz = ask_hypervisor();
    if (clock->hz != 0 || rsdp == 0)
        return;
    clock->timer = acpi_find_pm_timer(&memory, rsdp);
    if (clock->timer != 0) {
        clock->last_ticks = cpu_in32(clock->timer);
        clock->last_tsc = cpu_read_tsc();
    }
}

void tsc_clock_sample(struct tsc_clock *clock)
{
    if (clock->timer == 0)
        return;
    uint32_t ticks = cpu_in32(clock->timer);
    uint64_t tsc = cpu_read_tsc();
    uint32_t passed = (ticks - clock->last_ticks) & TIMER_BITS;
    if (passed < TICKS_MIN)
        return;
    uint64_t hz = (tsc - clock->last_tsc) / passed * ACPI_PM_TIMER_HZ +
                  (tsc - clock->last_tsc) % passed * ACPI_PM_TIMER_HZ / passed;
    if (clock->hz == 0 || hz < clock->hz)
        clock->hz = hz;
    clock->last_ticks = ticks;
    clock->last_tsc = tsc;
}
