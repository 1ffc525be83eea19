/* SPDX-License-Identifier: MIT */
/* What the files of the UEFI application share. Nothing outside of uefi/ knows gnu-efi's headers.
 */
#pragma once

#include <efi.h>
#include <stdbool.h>

struct uefi {
    EFI_HANDLE image;
    EFI_SYSTEM_TABLE *system;
    bool is_leaving; /* ExitBootServices() has been called, with success or without */
};

extern struct uefi uefi;

/*
 * The interface of `protocol` on `handle`, or NULL when it is not there: some firmware reports
 * success with a NULL interface.
 */
void *uefi_protocol(EFI_HANDLE handle, EFI_GUID protocol);

/*
 * All handles with `protocol`, and their number; NULL: none. The caller gives the array back with
 * BootServices->FreePool().
 */
EFI_HANDLE *uefi_handles(EFI_GUID protocol, UINTN *count);
