/* SPDX-License-Identifier: MIT */
#include "pool.h"

#include "base/string.h"
#include "base/units.h"
#include "uefi.h"

bool pool_grow(uint8_t **bytes, uint64_t size, uint64_t capacity, struct error *error)
{
    void *block = NULL;

    if (capacity != (UINTN)capacity || uefi.system->BootServices->AllocatePool(
                                           EfiLoaderData, (UINTN)capacity, &block) != EFI_SUCCESS)
        return FAIL(error, OUT_OF_MEMORY, capacity / KIB + 1);
    if (*bytes != NULL) {
        memcpy(block, *bytes, size);
        uefi.system->BootServices->FreePool(*bytes);
    }
    *bytes = block;
    return true;
}
