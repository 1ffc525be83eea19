/* SPDX-License-Identifier: MIT */
#include "boot/kernel.h"

#include "base/string.h"
#include "base/units.h"
#include "console/log.h"
#include "firmware/memory.h"
#include "firmware/volume.h"
#include "format/inflate.h"
#include "format/relocation.h"
#include "format/request.h"
#include "format/symbols.h"

/* Of a kernel's symbols, and of their names: Linux has 10 MiB of each. */
static const uint64_t SYMBOLS_MAX = 32 * MIB;
static const uint64_t ONE_BLOCK_MAX = 1 * GIB; /* docs/boot-protocol.md */

static uint64_t last_page_of(const struct elf_segment *segment)
{
    return align_down(elf_segment_last(segment), PAGE_SIZE);
}

/* One block for all, or one for each run of segments that share pages. */
static void plan_blocks(struct kernel *kernel)
{
    const struct elf_kernel *elf = &kernel->elf;

    for (uint32_t i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *segment = &elf->segments[i];
        uint64_t first_page = align_down(segment->address, PAGE_SIZE);
        bool goes_on = i > 0 && (elf->span <= ONE_BLOCK_MAX ||
                                 first_page == last_page_of(&elf->segments[i - 1]));

        if (!goes_on)
            kernel->blocks[kernel->block_count++].address = first_page;
        struct kernel_block *block = &kernel->blocks[kernel->block_count - 1];
        block->length = last_page_of(segment) - block->address + PAGE_SIZE;
    }
}

static bool allocate_block(struct frames *frames, struct kernel_block *block, struct error *error)
{
    bool wants_large_pages = is_aligned(block->address, 2 * MIB) && block->length >= 2 * MIB;

    if (wants_large_pages && frames_allocate(frames, pages_for(block->length), 2 * MIB,
                                             FRAMES_KERNEL, &block->phys, error))
        return true;
    return frames_allocate(frames, pages_for(block->length), PAGE_SIZE, FRAMES_KERNEL, &block->phys,
                           error);
}

static const struct kernel_block *block_of(const struct kernel *kernel, uint64_t address)
{
    const struct kernel_block *block = kernel->blocks;

    while (address - block->address >= block->length)
        block++;
    return block;
}

/* Where the loader can write what the kernel will see at `address`. */
static void *memory_of(const struct kernel *kernel, uint64_t address, uint64_t length)
{
    const struct kernel_block *block = block_of(kernel, address);

    return firmware_memory(block->phys + (address - block->address), length);
}

static void clear(const struct kernel *kernel, uint64_t start, uint64_t end)
{
    if (end != start)
        memset(memory_of(kernel, start, end - start), 0, end - start);
}

/*
 * Fills every page that has a segment in it. What lies in such a page but in no segment is zero;
 * pages between segments are left as they are, for nobody sees them.
 */
static bool read_segments(struct reader *file, const struct kernel *kernel, struct error *error)
{
    const struct elf_kernel *elf = &kernel->elf;

    for (uint32_t i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *segment = &elf->segments[i];
        const struct elf_segment *below = i > 0 ? segment - 1 : NULL;
        const struct elf_segment *above = i + 1 < elf->segment_count ? segment + 1 : NULL;
        uint64_t first_page = align_down(segment->address, PAGE_SIZE);
        uint64_t file_end = segment->address + segment->file_size;
        uint64_t page_end = last_page_of(segment) + PAGE_SIZE;

        if (below == NULL || last_page_of(below) != first_page)
            clear(kernel, first_page, segment->address);
        if (segment->file_size > 0 &&
            !reader_read(file, segment->file_offset, segment->file_size,
                         memory_of(kernel, segment->address, segment->file_size), error))
            return false;
        if (above != NULL && align_down(above->address, PAGE_SIZE) == last_page_of(segment))
            page_end = above->address;
        clear(kernel, file_end, page_end);
    }
    return true;
}

/* The file as it lies on the medium, for kernels that read their own symbols. */
static bool copy_file(struct reader *file, struct frames *frames, struct kernel *kernel,
                      struct error *error)
{
    const uint64_t required = BOWLINE_REQUIRE(BOWLINE_WANT_FILE_COPY);
    uint64_t pages = pages_for(file->size);

    if (!(kernel->request.flags & (BOWLINE_WANT_FILE_COPY | required)))
        return true;
    if (!frames_allocate(frames, pages, PAGE_SIZE, FRAMES_LOADER, &kernel->file_copy, error))
        return !(kernel->request.flags & required); /* else it is a wish, and stays one */
    uint8_t *memory = firmware_memory(kernel->file_copy, pages * PAGE_SIZE);
    memset(memory + file->size, 0, pages * PAGE_SIZE - file->size);
    kernel->file_size = file->size;
    return reader_read(file, 0, file->size, memory, error);
}

/* For the fault screen, which has to do without them where they are too large or damaged. */
static bool load_symbols(struct reader *file, struct frames *frames, struct kernel *kernel,
                         struct error *error)
{
    struct kernel_symbols *symbols = &kernel->symbols;
    struct elf_symbols found;
    struct error no_memory;

    if (!symbols_find(file, &kernel->elf, &found, error))
        return false;
    if (found.symbols_size == 0 || found.symbols_size > SYMBOLS_MAX ||
        found.strings_size > SYMBOLS_MAX)
        return true;
    uint64_t size = align_up(found.symbols_size + found.strings_size + 1, PAGE_SIZE);
    if (!frames_allocate(frames, pages_for(size), PAGE_SIZE, FRAMES_LOADER, &symbols->phys,
                         &no_memory))
        return true;
    symbols->size = size;
    symbols->symbols_size = found.symbols_size;
    symbols->strings_size = found.strings_size;
    uint8_t *memory = firmware_memory(symbols->phys, size);
    uint64_t end = found.symbols_size + found.strings_size;
    memset(memory + end, 0, size - end);
    return reader_read(file, found.symbols, found.symbols_size, memory, error) &&
           reader_read(file, found.strings, found.strings_size, memory + found.symbols_size, error);
}

static bool load(struct reader *file, struct frames *frames, struct kernel *kernel,
                 struct error *error)
{
    bool has_request;

    if (!elf_read(file, &kernel->elf, error) ||
        !request_read(file, &kernel->elf, &kernel->request, &has_request, error))
        return false;
    if (!has_request)
        log_message(LOG_INFO, "the kernel has no boot request: it gets the defaults");
    plan_blocks(kernel);
    for (uint32_t i = 0; i < kernel->block_count; i++) {
        if (!allocate_block(frames, &kernel->blocks[i], error))
            return false;
    }
    return read_segments(file, kernel, error) && load_symbols(file, frames, kernel, error) &&
           copy_file(file, frames, kernel, error);
}

/* From the medium straight to its place; with a hash, or packed, it is in memory as a whole before.
 */
static bool load_checked(const char *path, const struct expected_hash *hash, struct reader *file,
                         struct frames *frames, struct kernel *kernel, struct error *error)
{
    struct memory_reader memory;
    struct whole_file whole;

    if (!hash->is_known && !gzip_is_named(path))
        return load(file, frames, kernel, error);
    if (!whole_file_read(path, hash, file, frames, FRAMES_TEMPORARY, &whole, error))
        return false;
    memory_reader_init(&memory, firmware_memory(whole.phys, whole.size), whole.size);
    if (!load(&memory.reader, frames, kernel, error))
        return false;
    whole_file_release(&whole, frames);
    return true;
}

bool kernel_load(const char *path, const struct expected_hash *hash, struct frames *frames,
                 struct kernel *out, struct error *error)
{
    struct reader *file;

    *out = (struct kernel){0};
    if (!firmware_open_file(path, &file, error))
        return error_in(error, path);
    log_message(LOG_INFO, "kernel %s, %llu bytes", path, (unsigned long long)file->size);
    bool is_loaded = load_checked(path, hash, file, frames, out, error);
    reader_close(file);
    return is_loaded || error_in(error, path);
}

struct loaded_memory {
    struct relocation_memory memory;
    const struct kernel *kernel;
};

static bool read_loaded(struct relocation_memory *memory, uint64_t address, uint64_t length,
                        void *to, struct error *error)
{
    const struct loaded_memory *loaded = (const struct loaded_memory *)memory;

    (void)error; /* the range was checked: memory does not fail */
    memcpy(to, memory_of(loaded->kernel, address, length), length);
    return true;
}

static void write_loaded(struct relocation_memory *memory, uint64_t address, uint64_t value)
{
    const struct loaded_memory *loaded = (const struct loaded_memory *)memory;

    memcpy(memory_of(loaded->kernel, address, sizeof(value)), &value, sizeof(value));
}

bool kernel_relocate(const struct kernel *kernel, uint64_t slide, struct error *error)
{
    struct loaded_memory loaded = {
        .memory = {.read = read_loaded, .write = write_loaded},
        .kernel = kernel,
    };

    return relocations_apply(&kernel->elf, &loaded.memory, slide, error);
}

/* Pages in a row with the same permissions. */
struct run {
    uint64_t first; /* address of the first and of the last page */
    uint64_t last;
    unsigned flags; /* ELF_ */
};

struct runs {
    uint32_t count;
    struct run items[4 * ELF_SEGMENTS_MAX]; /* a segment's RELRO cuts it in three */
};

static void add_run(struct runs *runs, uint64_t first, uint64_t last, unsigned flags)
{
    runs->items[runs->count++] = (struct run){first, last, flags};
}

/*
 * Pages of a segment, above all earlier ones or on the last of them. A page that two segments share
 * gets the permissions of both; elf_read() has found it harmless.
 */
static void add_pages(struct runs *runs, uint64_t first, uint64_t last, unsigned flags)
{
    struct run *below = runs->count > 0 ? &runs->items[runs->count - 1] : NULL;

    if (below != NULL && below->last == first) {
        unsigned shared = below->flags | flags;

        if (below->first == first) {
            below->flags = shared;
        } else {
            below->last -= PAGE_SIZE;
            add_run(runs, first, first, shared);
        }
        if (first == last)
            return;
        first += PAGE_SIZE;
    }
    add_run(runs, first, last, flags);
}

/*
 * The pages of a segment in which each of its bytes is RELRO. False: there are none. Counted in
 * pages, because a segment may end at 2^64.
 */
static bool find_relro(const struct elf_range *relro, const struct elf_segment *segment,
                       uint64_t *first, uint64_t *last)
{
    uint64_t segment_last = elf_segment_last(segment);
    uint64_t relro_last, first_page, end_page;

    if (relro->size == 0 || !(segment->flags & ELF_WRITE))
        return false;
    if (__builtin_add_overflow(relro->address, relro->size - 1, &relro_last))
        relro_last = UINT64_MAX;
    if (relro->address <= segment->address)
        first_page = segment->address / PAGE_SIZE;
    else
        first_page = pages_for(relro->address);
    if (relro_last >= segment_last)
        end_page = segment_last / PAGE_SIZE + 1;
    else
        end_page = (relro_last + 1) / PAGE_SIZE;
    if (first_page >= end_page)
        return false;
    *first = first_page * PAGE_SIZE;
    *last = (end_page - 1) * PAGE_SIZE;
    return true;
}

static void add_segment(struct runs *runs, const struct elf_range *relro,
                        const struct elf_segment *segment)
{
    uint64_t first = align_down(segment->address, PAGE_SIZE), last = last_page_of(segment);
    uint64_t relro_first, relro_last;

    if (!find_relro(relro, segment, &relro_first, &relro_last)) {
        add_pages(runs, first, last, segment->flags);
        return;
    }
    if (first < relro_first)
        add_pages(runs, first, relro_first - PAGE_SIZE, segment->flags);
    add_pages(runs, relro_first, relro_last, segment->flags & ~(unsigned)ELF_WRITE);
    if (relro_last < last)
        add_pages(runs, relro_last + PAGE_SIZE, last, segment->flags);
}

bool kernel_map(const struct kernel *kernel, uint64_t slide, struct page_tables *tables,
                struct error *error)
{
    const struct elf_kernel *elf = &kernel->elf;
    struct runs runs = {.count = 0};

    for (uint32_t i = 0; i < elf->segment_count; i++)
        add_segment(&runs, &elf->relro, &elf->segments[i]);
    for (uint32_t i = 0; i < runs.count; i++) {
        const struct run *run = &runs.items[i];
        const struct kernel_block *block = block_of(kernel, run->first);
        unsigned flags =
            (run->flags & ELF_WRITE ? MAP_WRITE : 0) | (run->flags & ELF_EXECUTE ? MAP_EXECUTE : 0);

        if (!page_tables_map(tables, run->first + slide,
                             block->phys + (run->first - block->address),
                             run->last - run->first + PAGE_SIZE, flags, error))
            return false;
    }
    return true;
}
