/* SPDX-License-Identifier: MIT */
/* Paging in 32-bit mode: none, or as strict firmware has it: what is data cannot be executed. */
#include "odd.h"

#include "base/units.h"

enum { PRESENT = 1, PRESENT_WRITABLE = 3, ROOT_ENTRIES = 4, TABLE_ENTRIES = 512 };
static const uint64_t NO_EXECUTE = UINT64_C(1) << 63;

static uint64_t *root;    /* the rest of its page is empty */
static uint64_t *entries; /* one for each page below 4 GiB */

static uint64_t *allocate_tables(UINTN pages)
{
    EFI_PHYSICAL_ADDRESS tables = 0;

    if (firmware.original.AllocatePages(AllocateAnyPages, EfiBootServicesData, pages, &tables) !=
        EFI_SUCCESS)
        give_up("no memory for page tables");
    return (uint64_t *)(uintptr_t)tables;
}

/* AMD64 manual, volume 2, 5.2.3. */
static void build_tables(void)
{
    uint64_t *directories = allocate_tables(ROOT_ENTRIES);

    root = allocate_tables(1);
    entries = allocate_tables(ROOT_ENTRIES * TABLE_ENTRIES);
    for (uint32_t i = 0; i < ROOT_ENTRIES; i++)
        root[i] = (uintptr_t)&directories[i * TABLE_ENTRIES] | PRESENT;
    for (uint32_t i = 0; i < ROOT_ENTRIES * TABLE_ENTRIES; i++)
        directories[i] = (uintptr_t)&entries[i * TABLE_ENTRIES] | PRESENT_WRITABLE;
    for (uint32_t i = 0; i < ROOT_ENTRIES * TABLE_ENTRIES * TABLE_ENTRIES; i++)
        entries[i] = i * PAGE_SIZE | PRESENT_WRITABLE;
}

static void load_root(void)
{
    __asm__ volatile("mov %0, %%cr3" : : "r"(root) : "memory");
}

static EFI_STATUS EFIAPI allocate_data(EFI_ALLOCATE_TYPE kind, EFI_MEMORY_TYPE type, UINTN pages,
                                       EFI_PHYSICAL_ADDRESS *address)
{
    EFI_STATUS status = firmware.original.AllocatePages(kind, type, pages, address);

    if (status == EFI_SUCCESS && type == EfiLoaderData) {
        for (UINTN i = 0; i < pages; i++)
            entries[(uint32_t)(*address / PAGE_SIZE) + i] |= NO_EXECUTE;
        load_root();
    }
    return status;
}

static void stop_paging(void)
{
    const uint32_t CR0_PG = 0x80000000;
    uint32_t cr0;

    __asm__("mov %%cr0, %0" : "=r"(cr0));
    __asm__ volatile("mov %0, %%cr0" : : "r"(cr0 & ~CR0_PG) : "memory");
}

static void use_strict_paging(void)
{
    const uint32_t MSR_EFER = 0xc0000080, EFER_NXE = 0x800, CR4_PAE = 0x20, CR0_PG = 0x80000000;
    uint32_t cr0, cr4, low, high;

    build_tables();
    stop_paging();
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(MSR_EFER));
    __asm__ volatile("wrmsr" : : "a"(low | EFER_NXE), "d"(high), "c"(MSR_EFER));
    __asm__("mov %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("mov %0, %%cr4" : : "r"(cr4 | CR4_PAE));
    load_root();
    __asm__("mov %%cr0, %0" : "=r"(cr0));
    __asm__ volatile("mov %0, %%cr0" : : "r"(cr0 | CR0_PG) : "memory");
    firmware.services->AllocatePages = allocate_data;
}

const struct oddity paging_oddities[] = {
    {"no-paging", stop_paging}, {"strict-paging", use_strict_paging}, {0}};
