/* SPDX-License-Identifier: MIT */
/* Where the firmware enters the application. */
#include "uefi.h"

#include "boot/boot.h"
#include "cpu/cpu.h"

struct uefi uefi;

/* In the convention of the firmware: no run-time library stands between it and this function. */
EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system);

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system)
{
    uint64_t entered = cpu_read_tsc();

    uefi = (struct uefi){.image = image, .system = system};

    /* The firmware resets the machine 5 minutes after the start of an application (UEFI 3.1.2). */
    system->BootServices->SetWatchdogTimer(0, 0, 0, NULL);
    boot(entered);
}
