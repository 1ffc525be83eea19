/* SPDX-License-Identifier: MIT */
/* A memory map that the specification allows, and that nobody expects (UEFI 2.10, 7.2.3). */
#include "odd.h"

#include "base/string.h"
#include "base/units.h"

enum {
    SYSTEM_TYPE = 0x80000001 - UINT64_C(0x100000000), /* of an operating system's loader */
    SYSTEM_PAGES = 16,
    EXTRA_DESCRIPTORS = 3,
    ROOM = 64 * 1024, /* for the firmware's own map */
};

struct descriptor {
    EFI_MEMORY_DESCRIPTOR known;
    uint64_t later_versions[2];
};
_Static_assert(sizeof(struct descriptor) == 56, "another size than that of today's firmware");

static uint8_t *own_map;
static EFI_PHYSICAL_ADDRESS system_pages;

static void put(struct descriptor *to, const void *from)
{
    memcpy(&to->known, from, sizeof(to->known));
    memset(to->later_versions, 0xa5, sizeof(to->later_versions));
}

static void put_new(struct descriptor *to, uint64_t phys, uint64_t pages)
{
    const EFI_MEMORY_DESCRIPTOR conventional = {
        .Type = EfiConventionalMemory,
        .PhysicalStart = phys,
        .NumberOfPages = pages,
        .Attribute = EFI_MEMORY_WB,
    };

    put(to, &conventional);
}

/* Every descriptor goes as far from its neighbours as it can: 0, n/2, 1, n/2 + 1 ... */
static UINTN shuffled(UINTN index, UINTN count)
{
    UINTN half = (count + 1) / 2;

    return index < half ? 2 * index : 2 * (index - half) + 1;
}

static EFI_STATUS EFIAPI get_odd_map(UINTN *size, EFI_MEMORY_DESCRIPTOR *map, UINTN *key,
                                     UINTN *descriptor_size, UINT32 *version)
{
    struct descriptor *out = (struct descriptor *)map;
    UINTN own_size = ROOM, own_descriptor_size, capacity = *size;
    EFI_STATUS status = firmware.original.GetMemoryMap(&own_size, (EFI_MEMORY_DESCRIPTOR *)own_map,
                                                       key, &own_descriptor_size, version);

    if (status != EFI_SUCCESS)
        return status;
    UINTN count = own_size / own_descriptor_size;
    *size = (count + EXTRA_DESCRIPTORS) * sizeof(*out);
    *descriptor_size = sizeof(*out);
    if (capacity < *size)
        return EFI_BUFFER_TOO_SMALL;

    const EFI_MEMORY_DESCRIPTOR *runtime = NULL;
    for (UINTN i = 0; i < count; i++) {
        const void *own = own_map + i * own_descriptor_size;

        put(&out[shuffled(i, count)], own);
        if (((const EFI_MEMORY_DESCRIPTOR *)own)->Type == EfiRuntimeServicesData)
            runtime = own;
    }
    /* Free memory without a page, and free memory where there is other memory, too. */
    put_new(&out[count], system_pages + PAGE_SIZE, 0);
    put_new(&out[count + 1], system_pages, SYSTEM_PAGES);
    put_new(&out[count + 2], runtime->PhysicalStart, runtime->NumberOfPages);
    return EFI_SUCCESS;
}

void make_descriptors_large(void)
{
    own_map = allocate(ROOM);
    if (firmware.original.AllocatePages(AllocateAnyPages, (EFI_MEMORY_TYPE)SYSTEM_TYPE,
                                        SYSTEM_PAGES, &system_pages) != EFI_SUCCESS)
        give_up("no memory of a system's own type");
    firmware.services->GetMemoryMap = get_odd_map;
}
