/* SPDX-License-Identifier: MIT */
/* ExitBootServices() that fails once, and one that leaves interrupts behind. */
#include "odd.h"

#include "base/units.h"

static EFI_STATUS EFIAPI exit_at_the_second_try(EFI_HANDLE image, UINTN key)
{
    static bool has_failed;

    if (has_failed)
        return firmware.original.ExitBootServices(image, key);
    has_failed = true;
    allocate(64 * KIB); /* so that the key is another one */
    say("odd-firmware: ExitBootServices() fails\r\n");
    return EFI_INVALID_PARAMETER;
}

void make_first_exit_fail(void)
{
    firmware.services->ExitBootServices = exit_at_the_second_try;
}

static volatile uint32_t *apic_register(uint32_t offset)
{
    return (volatile uint32_t *)(uintptr_t)(0xfee00000 + offset);
}

/* An interrupt of the processor to itself (AMD64 manual, volume 2, 16.5). */
static void send_to_self(uint8_t vector)
{
    enum { COMMAND_LOW = 0x300, ASSERT = 1 << 14, TO_SELF = 1 << 18, IS_BUSY = 1 << 12 };
    volatile uint32_t *command = apic_register(COMMAND_LOW);

    *command = TO_SELF | ASSERT | vector;
    while (*command & IS_BUSY)
        continue;
}

/* The local APIC's own timer, which firmware may have its clock from. */
static void leave_timer_running(uint8_t vector)
{
    enum { TIMER = 0x320, INITIAL_COUNT = 0x380, PERIODIC = 1 << 17 };

    *apic_register(TIMER) = PERIODIC | vector;
    *apic_register(INITIAL_COUNT) = 1000000;
}

static EFI_STATUS EFIAPI exit_with_interrupts(EFI_HANDLE image, UINTN key)
{
    EFI_STATUS status = firmware.original.ExitBootServices(image, key);

    if (status != EFI_SUCCESS)
        return status;
    __asm__ volatile("cli"); /* as most firmware leaves it, and the loader does */
    send_to_self(0x30);
    send_to_self(0x55);
    send_to_self(0xef);
    leave_timer_running(0x60);
    return status;
}

void make_interrupts_pending(void)
{
    firmware.services->ExitBootServices = exit_with_interrupts;
}
