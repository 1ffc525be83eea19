/* SPDX-License-Identifier: MIT */
#include "format/elf.h"

#include "base/units.h"
#include "format/request.h"
#include "format/symbols.h"
#include "fuzz.h"

/* What the loader relies on without looking again. */
static void expect_loadable(const struct elf_kernel *kernel, uint64_t size)
{
    bool has_entry = false;
    uint64_t last = 0; /* of the segment before */

    EXPECT(kernel->segment_count > 0 && kernel->segment_count <= ELF_SEGMENTS_MAX);
    EXPECT(is_aligned(kernel->low, PAGE_SIZE) && is_aligned(kernel->span, PAGE_SIZE));
    for (uint32_t i = 0; i < kernel->segment_count; i++) {
        const struct elf_segment *segment = &kernel->segments[i];
        uint64_t end = segment->address + (segment->memory_size - 1);

        EXPECT(segment->memory_size > 0 && end >= segment->address);
        EXPECT(segment->file_size <= segment->memory_size);
        EXPECT(segment->file_offset <= size && segment->file_size <= size - segment->file_offset);
        EXPECT(is_power_of_two(segment->alignment));
        EXPECT(end < 0x800000000000 || segment->address >= 0xffff800000000000);
        EXPECT(!(segment->flags & ELF_WRITE && segment->flags & ELF_EXECUTE));
        EXPECT(segment->address >= kernel->low);
        EXPECT(segment->address >= PAGE_SIZE || kernel->is_position_independent);
        EXPECT(end - kernel->low < kernel->span || kernel->span == 0);
        EXPECT(i == 0 || segment->address > last);
        if (i > 0 && segment->address / PAGE_SIZE == last / PAGE_SIZE) {
            uint32_t flags = segment->flags | segment[-1].flags;

            EXPECT(!(flags & ELF_WRITE && flags & ELF_EXECUTE));
        }
        last = end;
        has_entry |= segment->flags & ELF_EXECUTE && kernel->entry >= segment->address &&
                     kernel->entry <= end;
    }
    EXPECT(has_entry);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct elf_kernel kernel;
    struct memory_reader file;
    struct bowline_request request;
    struct error error;
    bool found;

    memory_reader_init(&file, data, size);
    if (!elf_read(&file.reader, &kernel, &error)) {
        expect_error(&error);
        return 0;
    }
    expect_loadable(&kernel, size);
    struct elf_symbols symbols;

    if (!symbols_find(&file.reader, &kernel, &symbols, &error))
        expect_error(&error);
    else
        EXPECT(symbols.symbols <= size && symbols.symbols_size <= size - symbols.symbols &&
               symbols.strings <= size && symbols.strings_size <= size - symbols.strings);
    if (!request_read(&file.reader, &kernel, &request, &found, &error))
        expect_error(&error);
    return 0;
}
