/* SPDX-License-Identifier: MIT */
#include "firmware/tables.h"

#include "base/string.h"
#include "firmware/memory.h"
#include "format/rsdp.h"
#include "uefi.h"

static uint64_t find_rsdp(EFI_GUID guid)
{
    const EFI_CONFIGURATION_TABLE *tables = uefi.system->ConfigurationTable;

    for (UINTN i = 0; tables != NULL && i < uefi.system->NumberOfTableEntries; i++) {
        const void *table = tables[i].VendorTable;

        if (table != NULL && memcmp(&tables[i].VendorGuid, &guid, sizeof(guid)) == 0 &&
            rsdp_is_valid(table, RSDP_SIZE_MAX))
            return (uintptr_t)table;
    }
    return 0;
}

void firmware_find_tables(struct firmware_tables *out)
{
    firmware_must_be_alive(__func__);

    uint64_t rsdp = find_rsdp((EFI_GUID)ACPI_20_TABLE_GUID);

    if (rsdp == 0)
        rsdp = find_rsdp((EFI_GUID)ACPI_TABLE_GUID);
    *out = (struct firmware_tables){
        .kind = BOWLINE_FIRMWARE_UEFI,
        .rsdp = rsdp,
        .efi_system_table = (uintptr_t)uefi.system,
    };
}
