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

    firmware_must_be_alive();
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
    firmware_must_be_alive();
    uefi_free_map();
    uefi.system->BootServices->Exit(uefi.image, EFI_LOAD_ERROR, 0, NULL);
    firmware_reset();
}

void firmware_reset(void)
{
    uefi.system->RuntimeServices->ResetSystem(EfiResetCold, EFI_LOAD_ERROR, 0, NULL);
    cpu_halt();
}

void firmware_power_off(void)
{
    firmware_must_be_alive();
    uefi.system->RuntimeServices->ResetSystem(EfiResetShutdown, EFI_SUCCESS, 0, NULL);
}

/* UEFI 2.10, 8.5.4 */
static EFI_GUID global_variable = EFI_GLOBAL_VARIABLE;
static CHAR16 indications[] = u"OsIndications";
static CHAR16 supported[] = u"OsIndicationsSupported";
enum {
    BOOT_TO_FIRMWARE_SETUP = 1, /* EFI_OS_INDICATIONS_BOOT_TO_FW_UI */
    KEPT_FOR_FIRMWARE =
        EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS,
};

/* 0 where the variable is not there. */
static UINT64 read_indications(CHAR16 *name)
{
    UINT64 value;
    UINTN size = sizeof(value);

    if (uefi.system->RuntimeServices->GetVariable(name, &global_variable, NULL, &size, &value) !=
            EFI_SUCCESS ||
        size != sizeof(value))
        return 0;
    return value;
}

bool firmware_has_setup(void)
{
    firmware_must_be_alive();
    return read_indications(supported) & BOOT_TO_FIRMWARE_SETUP;
}

void firmware_enter_setup(void)
{
    UINT64 value;

    firmware_must_be_alive();
    value = read_indications(indications) | BOOT_TO_FIRMWARE_SETUP;
    if (uefi.system->RuntimeServices->SetVariable(indications, &global_variable, KEPT_FOR_FIRMWARE,
                                                  sizeof(value), &value) == EFI_SUCCESS)
        firmware_reset();
}

/* The application runs where it lies: its own pages are identity-mapped and executable. */
void firmware_switch_code(uint64_t *phys, uint64_t *length)
{
    uint64_t start = align_down((uintptr_t)handover_switch_start, PAGE_SIZE);

    *phys = start;
    *length = align_up((uintptr_t)handover_switch_end, PAGE_SIZE) - start;
}
