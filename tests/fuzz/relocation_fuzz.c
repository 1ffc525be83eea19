/* SPDX-License-Identifier: MIT */
#include "format/relocation.h"

#include "fuzz.h"

static const struct elf_kernel *checked;

/* Whatever is written lies inside one segment. */
static void expect_inside(struct relocation_memory *memory, uint64_t address, uint64_t value)
{
    (void)memory, (void)value;
    EXPECT(elf_segment_at(checked, address, sizeof(value)) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct elf_kernel kernel;
    struct memory_reader file;
    struct relocation_file access;
    struct error error;

    memory_reader_init(&file, data, size);
    if (!elf_read(&file.reader, &kernel, &error))
        return 0;
    checked = &kernel;
    relocation_file_init(&access, &kernel, &file.reader);
    access.memory.write = expect_inside;
    if (!relocations_apply(&kernel, &access.memory, 0x1000, &error))
        expect_error(&error);
    return 0;
}
