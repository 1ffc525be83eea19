/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include "base/units.h"
#include "console/log.h"
#include "cpu/cpu.h"

/*
 * The map grows whenever the loader claims something, and ExitBootServices() must find a buffer
 * that is large enough although nothing may be allocated by then. So there is always room for
 * SPARE_DESCRIPTORS more, two for each claim; a firmware's own map has 100 to 200.
 */
#define SPARE_DESCRIPTORS 128

/* The largest descriptor seen is 48 bytes; the size grows with new versions of UEFI. */
#define DESCRIPTOR_ROOM 64

/* Types that gnu-efi's EFI_MEMORY_TYPE lacks (UEFI 2.10, 7.2.1). */
enum { PERSISTENT_MEMORY = 14 };

_Static_assert(sizeof(EFI_MEMORY_DESCRIPTOR) == 40,
               "UEFI 7.2.3, without what later versions append");

void firmware_must_be_alive(void)
{
    if (!uefi.is_leaving)
        return;
    log_message(LOG_ERROR, "the firmware was called from %llx after it was left: a bug in Bowline",
                (unsigned long long)(uintptr_t)__builtin_return_address(0));
    cpu_halt();
}

static bool allocate(uint64_t size, void **out, struct error *error)
{
    if (uefi.system->BootServices->AllocatePool(EfiLoaderData, size, out) != EFI_SUCCESS)
        return FAIL(error, OUT_OF_MEMORY, size / KIB + 1);
    return true;
}

/* With twice the room that has to be there, so that it is not needed for each claim. */
static bool allocate_map(struct error *error)
{
    UINTN size = 0, key, descriptor_size = 0;
    UINT32 version;
    EFI_STATUS status =
        uefi.system->BootServices->GetMemoryMap(&size, NULL, &key, &descriptor_size, &version);
    void *descriptors, *regions;

    if (status != EFI_BUFFER_TOO_SMALL)
        return FAIL_WITH(error, FIRMWARE, "GetMemoryMap()", status);
    if (__builtin_add_overflow(size, 2 * SPARE_DESCRIPTORS * DESCRIPTOR_ROOM, &size))
        return FAIL(error, MEMORY_MAP_DAMAGED, size, descriptor_size);

    uint64_t capacity = size / sizeof(EFI_MEMORY_DESCRIPTOR);

    if (!allocate(size, &descriptors, error))
        return false;
    if (!allocate(capacity * sizeof(struct bowline_memory_region), &regions, error)) {
        uefi.system->BootServices->FreePool(descriptors);
        return false;
    }
    uefi.descriptors = descriptors;
    uefi.descriptors_size = size;
    uefi.regions = regions;
    uefi.regions_capacity = capacity;
    return true;
}

static uint64_t kind_of(uint32_t type, bool is_final)
{
    switch (type) {
    case EfiConventionalMemory:
        return BOWLINE_MEMORY_USABLE;
    case EfiLoaderCode:
    case EfiLoaderData:
        /* Before the hand-over they hold the loader itself and what it has claimed. */
        return is_final ? BOWLINE_MEMORY_USABLE : BOWLINE_MEMORY_LOADER_RECLAIMABLE;
    case EfiBootServicesCode:
    case EfiBootServicesData:
        return BOWLINE_MEMORY_LOADER_RECLAIMABLE;
    case EfiRuntimeServicesCode:
        return BOWLINE_MEMORY_RUNTIME_CODE;
    case EfiRuntimeServicesData:
        return BOWLINE_MEMORY_RUNTIME_DATA;
    case EfiUnusableMemory:
        return BOWLINE_MEMORY_BAD;
    case EfiACPIReclaimMemory:
        return BOWLINE_MEMORY_ACPI_RECLAIMABLE;
    case EfiACPIMemoryNVS:
        return BOWLINE_MEMORY_ACPI_NVS;
    case EfiMemoryMappedIO:
    case EfiMemoryMappedIOPortSpace:
        return BOWLINE_MEMORY_MMIO;
    case PERSISTENT_MEMORY:
        return BOWLINE_MEMORY_PERSISTENT;
    default:
        /* Reserved, processor firmware, not yet accepted, and all types of vendors and systems. */
        return BOWLINE_MEMORY_RESERVED;
    }
}

static struct bowline_memory_region translate(const EFI_MEMORY_DESCRIPTOR *descriptor,
                                              bool is_final)
{
    uint64_t kind = kind_of(descriptor->Type, is_final);
    bool is_free = kind == BOWLINE_MEMORY_USABLE || kind == BOWLINE_MEMORY_LOADER_RECLAIMABLE;
    uint64_t pages_to_end = (UINT64_MAX - descriptor->PhysicalStart) / PAGE_SIZE;

    return (struct bowline_memory_region){
        .base = descriptor->PhysicalStart,
        .length = minimum(descriptor->NumberOfPages, pages_to_end) * PAGE_SIZE,
        .kind = kind,
        .firmware_kind = is_free ? 0 : descriptor->Type,
        .attributes = descriptor->Attribute,
    };
}

void uefi_free_map(void)
{
    if (uefi.descriptors == NULL)
        return;
    uefi.system->BootServices->FreePool(uefi.descriptors);
    uefi.system->BootServices->FreePool(uefi.regions);
    uefi.descriptors = NULL;
}

bool uefi_get_map(struct uefi_map *out, struct error *error)
{
    out->size = uefi.descriptors_size;
    out->descriptor_size = 0;
    EFI_STATUS status = uefi.system->BootServices->GetMemoryMap(
        &out->size, uefi.descriptors, &out->key, &out->descriptor_size, &out->version);

    if (status == EFI_BUFFER_TOO_SMALL)
        return FAIL(error, MEMORY_MAP_TOO_LARGE, uefi.regions_capacity);
    if (status != EFI_SUCCESS)
        return FAIL_WITH(error, FIRMWARE, "GetMemoryMap()", status);
    return true;
}

bool uefi_translate_map(const struct uefi_map *raw, bool is_final, struct firmware_memory_map *out,
                        struct error *error)
{
    /* The size of a descriptor is the firmware's, and larger than the struct on most machines. */
    if (raw->descriptor_size < sizeof(EFI_MEMORY_DESCRIPTOR) ||
        raw->descriptor_size % sizeof(uint64_t) != 0 || raw->size > uefi.descriptors_size ||
        raw->size % raw->descriptor_size != 0)
        return FAIL(error, MEMORY_MAP_DAMAGED, raw->size, raw->descriptor_size);

    uint64_t count = raw->size / raw->descriptor_size;
    const uint8_t *descriptor = (const uint8_t *)uefi.descriptors;

    for (uint64_t i = 0; i < count; i++, descriptor += raw->descriptor_size)
        uefi.regions[i] = translate((const EFI_MEMORY_DESCRIPTOR *)descriptor, is_final);
    *out = (struct firmware_memory_map){
        .regions = uefi.regions,
        .count = count,
        .capacity = uefi.regions_capacity,
        .efi = {uefi.descriptors, raw->size, uefi.descriptors_size, raw->descriptor_size,
                raw->version},
    };
    return true;
}

bool firmware_read_memory_map(struct firmware_memory_map *out, struct error *error)
{
    struct uefi_map raw;

    firmware_must_be_alive();
    if (uefi.descriptors == NULL || !uefi_get_map(&raw, error) ||
        uefi.descriptors_size - raw.size < SPARE_DESCRIPTORS * raw.descriptor_size) {
        uefi_free_map();
        if (!allocate_map(error) || !uefi_get_map(&raw, error))
            return false;
    }
    return uefi_translate_map(&raw, false, out, error);
}

bool firmware_claim_pages(uint64_t phys, uint64_t pages)
{
    EFI_PHYSICAL_ADDRESS address = phys;

    firmware_must_be_alive();
    if (phys == 0 || phys / PAGE_SIZE + pages > UINTPTR_MAX / PAGE_SIZE + 1)
        return false; /* 32-bit code cannot touch what lies above 4 GiB */
    return uefi.system->BootServices->AllocatePages(AllocateAddress, EfiLoaderData, pages,
                                                    &address) == EFI_SUCCESS;
}

void firmware_release_pages(uint64_t phys, uint64_t pages)
{
    firmware_must_be_alive();
    uefi.system->BootServices->FreePages(phys, pages);
}

/* The firmware maps all memory at its physical address (UEFI 2.3.4). */
void *firmware_memory(uint64_t phys, uint64_t length)
{
    (void)length;
    return (void *)(uintptr_t)phys;
}
