/* SPDX-License-Identifier: MIT */
#include "firmware/entropy.h"

#include "firmware/memory.h"
#include "uefi.h"

/* EFI_RNG_PROTOCOL (UEFI 2.10, 37.5), which gnu-efi lacks. */
struct rng_protocol {
    EFI_STATUS(EFIAPI *get_info)(struct rng_protocol *rng, UINTN *size, EFI_GUID *algorithms);
    EFI_STATUS(EFIAPI *get_rng)
    (struct rng_protocol *rng, EFI_GUID *algorithm, UINTN length, UINT8 *bytes);
};

bool firmware_random(void *bytes, size_t length)
{
    const EFI_GUID rng_protocol = {
        0x3152bca5, 0xeade, 0x433d, {0x86, 0x2e, 0xc0, 0x1c, 0xdc, 0x29, 0x1f, 0x44}};
    struct rng_protocol *rng = NULL;

    firmware_must_be_alive();
    if (uefi.system->BootServices->LocateProtocol((EFI_GUID *)&rng_protocol, NULL, (void **)&rng) !=
            EFI_SUCCESS ||
        rng == NULL)
        return false;
    return rng->get_rng(rng, NULL, length, bytes) == EFI_SUCCESS;
}
