/* SPDX-License-Identifier: MIT */
#include "firmware/leave.h"

#include "base/units.h"
#include "cpu/cpu.h"
#include "handover/switch.h"
#include "memory.h"

/*
 * UEFI 7.4.6: the first ExitBootServices() may fail because an event handler has changed the memory
 * map, and has shut down part of the firmware by then. What may be called is GetMemoryMap() and
 * ExitBootServices() again, nothing else; hence the buffer that is large enough beforehand.
 */
bool firmware_take_over(struct firmware_memory_map *final, struct error *error)
{
    EFI_BOOT_SERVICES *services = uefi.system->BootServices;
    struct uefi_map raw = {0};
    EFI_STATUS status = EFI_ABORTED;

    firmware_must_be_alive(__func__);
    uefi.is_leaving = true;
    for (unsigned attempt = 0; attempt < 2 && status != EFI_SUCCESS; attempt++) {
        if (!uefi_get_map(&raw, error))
            return false;
        status = services->ExitBootServices(uefi.image, raw.key);
    }
    if (status != EFI_SUCCESS)
        return FAIL(error, EXIT_BOOT_SERVICES, status);
    cpu_disable_interrupts();
    return uefi_translate_map(&raw, true, final, error);
}

void firmware_give_up(void)
{
    firmware_must_be_alive(__func__);
    uefi_free_map();
    uefi.system->BootServices->Exit(uefi.image, EFI_LOAD_ERROR, 0, NULL);
    firmware_reset();
}

void firmware_reset(void)
{
    uefi.system->RuntimeServices->ResetSystem(EfiResetCold, EFI_LOAD_ERROR, 0, NULL);
    cpu_halt();
}

/* The application runs where it lies: its own pages are identity-mapped and executable. */
void firmware_switch_code(uint64_t *phys, uint64_t *length)
{
    uint64_t start = align_down((uintptr_t)handover_switch_start, PAGE_SIZE);

    *phys = start;
    *length = align_up((uintptr_t)handover_switch_end, PAGE_SIZE) - start;
}
