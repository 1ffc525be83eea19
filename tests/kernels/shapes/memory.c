/* SPDX-License-Identifier: MIT */
#include "../library/paging.h"
#include "shape.h"

static const uint64_t ONE_BLOCK_MAX = GIB; /* what spans more need not be contiguous */

/* What a page has to be. */
struct expectation {
    unsigned segments; /* how many have a part of it */
    unsigned flags;    /* SEGMENT_, of all of them */
    uint8_t bytes[PAGE_SIZE];
};

/* Adds what a segment has in the page. */
static void add_segment(const struct shape *shape, const struct segment *segment, uint64_t page,
                        struct expectation *expected)
{
    uint64_t page_last = page + (PAGE_SIZE - 1);

    if (segment->address > page_last || last_of(segment) < page)
        return;
    expected->segments++;
    expected->flags |= segment->flags;
    if (segment->file_size == 0)
        return;
    uint64_t first = maximum(page, segment->address);
    uint64_t last = minimum(page_last, segment->address + (segment->file_size - 1));
    if (first <= last)
        memcpy(expected->bytes + (first - page),
               shape->file + segment->offset + (first - segment->address), last - first + 1);
}

/* `page` is its address as linked. */
static void check_page(const struct shape *shape, uint64_t page, struct mapping *out)
{
    struct expectation expected = {.segments = 0};
    uint64_t address = page + shape->boot->kernel_slide;

    for (unsigned i = 0; i < shape->header->segment_count; i++)
        if (is_loaded(&shape->segments[i]))
            add_segment(shape, &shape->segments[i], page, &expected);
    bool is_mapped = find_mapping(shape->boot, address, out);
    EXPECT("4.1", !is_mapped || expected.segments > 0, "0x%lx is mapped, and no segment there",
           address);
    if (expected.segments == 0)
        return;
    EXPECT("1.2", is_mapped, "0x%lx is in a segment, and is not mapped", address);
    EXPECT(expected.segments > 1 ? "1.3" : "4.2",
           out->is_writable == ((expected.flags & SEGMENT_WRITE) != 0) &&
               out->is_executable == ((expected.flags & SEGMENT_EXECUTE) != 0),
           "0x%lx: writable %d, executable %d", address, out->is_writable, out->is_executable);
    for (unsigned i = 0; i < PAGE_SIZE; i++) {
        uint8_t byte = ((const uint8_t *)address)[i];

        EXPECT(expected.bytes[i] == 0 ? "1.4" : "1.2", byte == expected.bytes[i],
               "the byte at 0x%lx is 0x%x, not 0x%x", address + i, byte, expected.bytes[i]);
    }
}

/* All pages of a segment, and those before and behind it. */
static void check_segment(const struct shape *shape, const struct segment *segment)
{
    const struct bowline_info *boot = shape->boot;
    uint64_t first = align_down(segment->address, PAGE_SIZE);
    uint64_t last = align_down(last_of(segment), PAGE_SIZE);
    struct mapping start, page;

    check_page(shape, first - PAGE_SIZE, &page);
    check_page(shape, first, &start);
    uint64_t phys = boot->kernel_phys + (first + boot->kernel_slide - boot->kernel_base);
    EXPECT("4.5", boot->kernel_phys == 0 || start.phys == phys,
           "segment 0x%lx is at physical 0x%lx", first, start.phys);
    for (uint64_t address = first; address != last + PAGE_SIZE; address += PAGE_SIZE) {
        check_page(shape, address, &page);
        EXPECT("4.5", page.phys == start.phys + (address - first),
               "0x%lx is not behind the page before it", address);
    }
    check_page(shape, last + PAGE_SIZE, &page);
}

void check_memory(const struct shape *shape)
{
    const struct bowline_info *boot = shape->boot;
    uint64_t low = UINT64_MAX, high = 0;

    for (unsigned i = 0; i < shape->header->segment_count; i++) {
        const struct segment *segment = &shape->segments[i];

        if (!is_loaded(segment))
            continue;
        check_segment(shape, segment);
        low = minimum(low, align_down(segment->address, PAGE_SIZE));
        high = maximum(high, align_down(last_of(segment), PAGE_SIZE));
    }
    EXPECT("5.10", boot->kernel_base == low + boot->kernel_slide, "kernel_base is 0x%lx",
           boot->kernel_base);
    EXPECT("5.10", boot->kernel_size == high - low + PAGE_SIZE, "kernel_size is 0x%lx",
           boot->kernel_size);
    EXPECT("4.5", (boot->kernel_phys != 0) == (boot->kernel_size <= ONE_BLOCK_MAX),
           "kernel_phys is 0x%lx", boot->kernel_phys);
}
