/* SPDX-License-Identifier: MIT */
/* Protocols that are not found. */
#include "odd.h"

#include "base/string.h"

static EFI_STATUS EFIAPI locate_all_but_entropy(EFI_GUID *guid, void *registration,
                                                void **interface)
{
    /* EFI_RNG_PROTOCOL: UEFI 2.10, 37.5. */
    static const EFI_GUID random = {
        0x3152bca5, 0xeade, 0x433d, {0x86, 0x2e, 0xc0, 0x1c, 0xdc, 0x29, 0x1f, 0x44}};

    if (memcmp(guid, &random, sizeof(random)) != 0)
        return firmware.original.LocateProtocol(guid, registration, interface);
    say("odd-firmware: no random numbers\r\n");
    *interface = NULL;
    return EFI_NOT_FOUND;
}

void hide_entropy(void)
{
    firmware.services->LocateProtocol = locate_all_but_entropy;
}
