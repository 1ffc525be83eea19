/* SPDX-License-Identifier: MIT */
#include "paging.h"

#define ENTRY_PRESENT    (UINT64_C(1) << 0)
#define ENTRY_WRITABLE   (UINT64_C(1) << 1)
#define ENTRY_LARGE      (UINT64_C(1) << 7)
#define ENTRY_NO_EXECUTE (UINT64_C(1) << 63)
#define ENTRY_ADDRESS    UINT64_C(0x000ffffffffff000)

bool find_page(const struct bowline_info *boot, uint64_t address, struct page *out)
{
    uint64_t table;

    __asm__("movq %%cr3, %0" : "=r"(table));
    for (unsigned shift = 39;; shift -= 9) { /* four levels of tables */
        const uint64_t *entries = (const uint64_t *)(boot->direct_map + (table & ENTRY_ADDRESS));
        uint64_t entry = entries[address >> shift & 511];
        uint64_t offset = address & ((UINT64_C(1) << shift) - 1);

        if ((entry & ENTRY_PRESENT) == 0)
            return false;
        if (shift == 12 || (entry & ENTRY_LARGE) != 0) {
            *out = (struct page){
                .phys = (entry & ENTRY_ADDRESS & ~((UINT64_C(1) << shift) - 1)) + offset,
                .is_writable = (entry & ENTRY_WRITABLE) != 0,
                .is_executable = (entry & ENTRY_NO_EXECUTE) == 0,
            };
            return true;
        }
        table = entry;
    }
}
