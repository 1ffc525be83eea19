/* SPDX-License-Identifier: MIT */
/* What the firmware has left in memory for an operating system. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Physical addresses; 0: not there. */
struct firmware_tables {
    uint64_t kind;   /* BOWLINE_FIRMWARE_BIOS or BOWLINE_FIRMWARE_UEFI */
    uint64_t rsdp;   /* ACPI 2 or later before ACPI 1; checksums verified */
    uint64_t smbios; /* entry point of SMBIOS 2, and of SMBIOS 3; checksums verified */
    uint64_t smbios3;
    uint64_t efi_system_table;
    bool is_secure_boot; /* what the firmware starts has to be signed (UEFI 32.3) */
    bool is_uefi_32;     /* the system table and all that it leads to is made for 32-bit code */
};

void firmware_find_tables(struct firmware_tables *out);
