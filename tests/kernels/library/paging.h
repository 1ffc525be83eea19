/* SPDX-License-Identifier: MIT */
/*
 * The page tables that the loader has made, seen through the direct map: four levels of them, or
 * five with BOWLINE_IS_LA57. Level 1 is the lowest. Nothing here is the loader's own code.
 */
#pragma once

#include "kernel.h"

#define ENTRY_PRESENT    (UINT64_C(1) << 0)
#define ENTRY_WRITABLE   (UINT64_C(1) << 1)
#define ENTRY_USER       (UINT64_C(1) << 2)
#define ENTRY_NO_EXECUTE (UINT64_C(1) << 63)
#define ENTRY_ADDRESS    UINT64_C(0x000ffffffffff000)

/* What the tables say of an address. */
struct mapping {
    uint64_t phys; /* of the address that was asked for */
    uint64_t size; /* of the page: 4 KiB, 2 MiB or 1 GiB */
    bool is_writable, is_executable;
    uint8_t pat; /* index into the page attribute table */
};

/* False: nothing is mapped there. */
bool find_mapping(const struct bowline_info *boot, uint64_t address, struct mapping *out);

/* The entry that maps the address, for changing it; NULL: nothing is mapped there. */
uint64_t *find_entry(const struct bowline_info *boot, uint64_t address);

/* An entry that is present. */
struct table_entry {
    uint64_t value;
    uint64_t address; /* the first that it translates */
    enum { ENTRY_IS_PAGE, ENTRY_IS_TABLE, ENTRY_IS_RECURSIVE } kind;
    struct mapping mapping; /* of a page */
};

/* Calls `visit` for every present entry, in the order of addresses, a table's before what is in it.
 */
void walk_page_tables(const struct bowline_info *boot,
                      void (*visit)(void *context, const struct table_entry *entry), void *context);

/* A page of memory, as the direct map shows it; fails the test where that ends. */
uint64_t *table_at(const struct bowline_info *boot, uint64_t phys);

/* Where the tables in use begin: physical. */
uint64_t root_table(void);

/* The address whose index in the tables of every level is the same: the root table's own, there. */
uint64_t recursive_address(const struct bowline_info *boot, uint64_t index);
