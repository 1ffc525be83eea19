/* SPDX-License-Identifier: MIT */
/* Five levels of page tables: one more root, whose ends are the firmware's own four levels. */
#include "odd.h"

#include "base/string.h"
#include "base/units.h"
#include "five_levels.h"

enum { PRESENT_WRITABLE = 3, ENTRIES = 512 };

static bool has_five_levels(void)
{
    const uint32_t ECX_LA57 = 1 << 16;
    uint32_t leaf = 7, subleaf = 0, ebx, edx;

    __asm__("cpuid" : "+a"(leaf), "=b"(ebx), "+c"(subleaf), "=d"(edx));
    return subleaf & ECX_LA57;
}

static void use_five_levels(void)
{
    EFI_PHYSICAL_ADDRESS root = 4 * GIB - 1;
    uint64_t cr3;

    if (!has_five_levels())
        give_up("the processor has no five levels");
    if ((uintptr_t)&root >= 4 * GIB || (uintptr_t)enter_five_levels >= 4 * GIB ||
        firmware.original.AllocatePages(AllocateMaxAddress, EfiBootServicesData, 1, &root) !=
            EFI_SUCCESS)
        give_up("no memory below 4 GiB");
    __asm__("mov %%cr3, %0" : "=r"(cr3));
    uint64_t *entries = memset((void *)root, 0, PAGE_SIZE);
    entries[0] = entries[ENTRIES - 1] = align_down(cr3, PAGE_SIZE) | PRESENT_WRITABLE;
    enter_five_levels(root);
}

const struct oddity paging_oddities[] = {{"five-levels", use_five_levels}, {0}};
