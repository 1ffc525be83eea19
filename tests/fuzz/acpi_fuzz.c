/* SPDX-License-Identifier: MIT */
#include "format/acpi.h"

#include "fuzz.h"

/* The first eight bytes of memory are taken for the address of the RSDP. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct memory_reader memory;
    uint64_t rsdp = 0;

    memcpy(&rsdp, data, size < sizeof(rsdp) ? size : sizeof(rsdp));
    memory_reader_init(&memory, data, size);
    acpi_find_pm_timer(&memory.reader, rsdp);
    return 0;
}
