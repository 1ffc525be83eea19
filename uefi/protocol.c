/* SPDX-License-Identifier: MIT */
#include "uefi.h"

/* HandleProtocol() is in every EFI since 1.02, and nothing here needs what OpenProtocol() adds. */
void *uefi_protocol(EFI_HANDLE handle, EFI_GUID protocol)
{
    void *interface = NULL;

    if (handle == NULL)
        return NULL;
    if (uefi.system->BootServices->HandleProtocol(handle, &protocol, &interface) != EFI_SUCCESS)
        return NULL;
    return interface;
}

EFI_HANDLE *uefi_handles(EFI_GUID protocol, UINTN *count)
{
    EFI_HANDLE *handles = NULL;
    UINTN found = 0;
    EFI_STATUS status = uefi.system->BootServices->LocateHandleBuffer(ByProtocol, &protocol, NULL,
                                                                      &found, &handles);

    if (status != EFI_SUCCESS || handles == NULL)
        return NULL;
    *count = found;
    return handles;
}
