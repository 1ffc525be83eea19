/* SPDX-License-Identifier: MIT */
#include "firmware/tables.h"

#include "base/string.h"
#include "firmware/memory.h"
#include "format/rsdp.h"
#include "format/smbios.h"
#include "uefi.h"

/* What every kind of table here fits in. */
enum { TABLE_SIZE_MAX = RSDP_SIZE_MAX };

/* The first table with this GUID that is what it says. */
static uint64_t find_table(EFI_GUID guid, bool (*is_valid)(const void *, uint64_t))
{
    const EFI_CONFIGURATION_TABLE *tables = uefi.system->ConfigurationTable;

    for (UINTN i = 0; tables != NULL && i < uefi.system->NumberOfTableEntries; i++) {
        const void *table = tables[i].VendorTable;

        if (table != NULL && memcmp(&tables[i].VendorGuid, &guid, sizeof(guid)) == 0 &&
            is_valid(table, TABLE_SIZE_MAX))
            return (uintptr_t)table;
    }
    return 0;
}

/* UEFI 3.3 and 32.3: a byte, 1 where images are verified. */
static bool is_secure_boot(void)
{
    static CHAR16 name[] = u"SecureBoot";
    EFI_GUID vendor = EFI_GLOBAL_VARIABLE;
    UINT8 value = 0;
    UINTN size = sizeof(value);
    EFI_STATUS status =
        uefi.system->RuntimeServices->GetVariable(name, &vendor, NULL, &size, &value);

    return status == EFI_SUCCESS && size == sizeof(value) && value == 1;
}

void firmware_find_tables(struct firmware_tables *out)
{
    firmware_must_be_alive();

    uint64_t rsdp = find_table((EFI_GUID)ACPI_20_TABLE_GUID, rsdp_is_valid);

    if (rsdp == 0)
        rsdp = find_table((EFI_GUID)ACPI_TABLE_GUID, rsdp_is_valid);
    *out = (struct firmware_tables){
        .kind = BOWLINE_FIRMWARE_UEFI,
        .rsdp = rsdp,
        .smbios = find_table((EFI_GUID)SMBIOS_TABLE_GUID, smbios2_is_valid),
        .smbios3 = find_table((EFI_GUID)SMBIOS3_TABLE_GUID, smbios3_is_valid),
        .efi_system_table = (uintptr_t)uefi.system,
        .is_secure_boot = is_secure_boot(),
        .is_uefi_32 = sizeof(UINTN) == 4,
    };
}
