/* SPDX-License-Identifier: MIT */
/* What the files of the UEFI application share; nobody else sees the headers of gnu-efi. */
#pragma once

#include <bowline.h>
#include <efi.h>
#include <stdbool.h>

/* All that the application remembers. */
struct uefi {
    EFI_HANDLE image;
    EFI_SYSTEM_TABLE *system;
    bool is_leaving; /* ExitBootServices() has been called, with success or without */

    /* Buffers of memory.c, allocated once. */
    EFI_MEMORY_DESCRIPTOR *descriptors;
    UINTN descriptors_size; /* bytes */
    struct bowline_memory_region *regions;
    uint64_t regions_capacity; /* as many as the smallest descriptors that fit */
};

extern struct uefi uefi;

/*
 * Another application has had the screen: sets the mode again that the console believes in, which
 * it may have been left in or not. video.c.
 */
void uefi_restore_video(void);

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
