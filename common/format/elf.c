/* SPDX-License-Identifier: MIT */
#include "format/elf.h"

#include "base/print.h"
#include "base/string.h"
#include "base/units.h"

/* System V gABI, chapter 4 ("ELF Header") and 5 ("Program Header"). */
struct elf_file_header {
    uint8_t identification[16];
    uint16_t type;
    uint16_t machine;
    uint32_t version;
    uint64_t entry;
    uint64_t program_headers;
    uint64_t section_headers;
    uint32_t flags;
    uint16_t header_size;
    uint16_t program_header_size;
    uint16_t program_header_count;
    uint16_t section_header_size;
    uint16_t section_header_count;
    uint16_t section_names;
};
_Static_assert(sizeof(struct elf_file_header) == 64, "gABI: Elf64_Ehdr");

struct elf_program_header {
    uint32_t type;
    uint32_t flags;
    uint64_t offset;
    uint64_t virtual_address;
    uint64_t physical_address;
    uint64_t file_size;
    uint64_t memory_size;
    uint64_t alignment;
};
_Static_assert(sizeof(struct elf_program_header) == 56, "gABI: Elf64_Phdr");

enum {
    CLASS_64 = 2,
    LITTLE_ENDIAN = 1,
    VERSION_CURRENT = 1,
    TYPE_RELOCATABLE = 1,
    TYPE_EXECUTABLE = 2,
    TYPE_SHARED = 3,
    MACHINE_X86_64 = 62,
    SECTION_HEADER_SIZE = 64,

    SEGMENT_LOAD = 1,
    SEGMENT_DYNAMIC = 2,
    SEGMENT_NOTE = 4,
    SEGMENT_TLS = 7,
};
#define SEGMENT_RELRO 0x6474e552u

/*
 * The halves of the canonical address space with five levels of page tables. Whether four will do is
 * decided when there is a plan (memory/layout.c).
 */
static const uint64_t LOW_HALF_LAST = 0x00ffffffffffffff;
static const uint64_t HIGH_HALF_FIRST = 0xff00000000000000;

static bool check_file_header(const struct elf_file_header *header, struct error *error)
{
    const uint8_t *identification = header->identification;

    if (identification[4] != CLASS_64)
        return FAIL(error, ELF_NOT_64_BIT);
    if (identification[5] != LITTLE_ENDIAN)
        return FAIL(error, ELF_NOT_LITTLE_ENDIAN);
    if (identification[6] != VERSION_CURRENT || header->version != VERSION_CURRENT)
        return FAIL(error, ELF_VERSION,
                    identification[6] != 1 ? identification[6] : header->version);
    if (header->machine != MACHINE_X86_64)
        return FAIL(error, ELF_MACHINE, header->machine);
    if (header->type == TYPE_RELOCATABLE)
        return FAIL(error, ELF_RELOCATABLE);
    if (header->type != TYPE_EXECUTABLE && header->type != TYPE_SHARED)
        return FAIL(error, ELF_TYPE, header->type);
    if (header->program_header_count == 0)
        return FAIL(error, ELF_NO_SEGMENTS);
    if (header->program_header_size != sizeof(struct elf_program_header))
        return FAIL_WITH(error, ELF_HEADER_SIZE, "a program header", header->program_header_size,
                         sizeof(struct elf_program_header));
    if (header->program_header_count > ELF_HEADERS_MAX)
        return FAIL_WITH(error, ELF_TOO_MANY_HEADERS, "program headers",
                         header->program_header_count, ELF_HEADERS_MAX);
    return true;
}

static bool read_file_header(struct reader *file, struct elf_file_header *out, struct error *error)
{
    uint8_t magic[4];

    if (file->size == 0)
        return FAIL(error, ELF_EMPTY);
    if (file->size < sizeof(magic))
        return FAIL_WITH(error, ELF_TRUNCATED, "the ELF header", sizeof(*out), file->size);
    if (!reader_read(file, 0, sizeof(magic), magic, error))
        return false;
    if (memcmp(magic, "\177ELF", 4) != 0)
        return FAIL(error, ELF_NOT_ELF,
                    (uint64_t)magic[0] << 24 | magic[1] << 16 | magic[2] << 8 | magic[3]);
    if (file->size < sizeof(*out))
        return FAIL_WITH(error, ELF_TRUNCATED, "the ELF header", sizeof(*out), file->size);
    return reader_read(file, 0, sizeof(*out), out, error) && check_file_header(out, error);
}

/* Fails unless [offset, offset + size) lies inside the file. */
static bool check_in_file(const struct reader *file, uint64_t offset, uint64_t size,
                          const char *what, struct error *error)
{
    uint64_t end;

    if (__builtin_add_overflow(offset, size, &end))
        return FAIL_WITH(error, ELF_TRUNCATED, what, UINT64_MAX, file->size);
    if (end > file->size)
        return FAIL_WITH(error, ELF_TRUNCATED, what, end, file->size);
    return true;
}

static bool check_segment(const struct elf_segment *segment, bool may_lie_at_zero,
                          struct error *error)
{
    uint64_t last = elf_segment_last(segment);

    if (last < segment->address)
        return FAIL(error, ELF_SEGMENT_WRAPS, segment->index, segment->address,
                    segment->memory_size);
    if (last > LOW_HALF_LAST && segment->address < HIGH_HALF_FIRST)
        return FAIL(error, ELF_SEGMENT_NOT_CANONICAL, segment->index, segment->address,
                    segment->memory_size);
    if (segment->address < PAGE_SIZE && !may_lie_at_zero)
        return FAIL(error, ELF_SEGMENT_AT_ZERO, segment->index);
    if (!is_power_of_two(segment->alignment))
        return FAIL(error, ELF_SEGMENT_ALIGNMENT, segment->index, segment->alignment);
    if ((segment->flags & ELF_WRITE) && (segment->flags & ELF_EXECUTE))
        return FAIL(error, ELF_SEGMENT_WRITE_EXECUTE, segment->index, segment->address);
    return true;
}

/* Keeps `segments` in ascending order. The specification asks files for it; some linker scripts
 * do not care. */
static void insert_segment(struct elf_kernel *kernel, const struct elf_segment *segment)
{
    uint32_t place = kernel->segment_count++;

    for (; place > 0 && kernel->segments[place - 1].address > segment->address; place--)
        kernel->segments[place] = kernel->segments[place - 1];
    kernel->segments[place] = *segment;
}

static bool add_segment(const struct reader *file, const struct elf_program_header *header,
                        uint32_t index, struct elf_kernel *kernel, struct error *error)
{
    struct elf_segment segment = {
        .index = index,
        .flags = header->flags & (ELF_READ | ELF_WRITE | ELF_EXECUTE),
        .file_offset = header->offset,
        .file_size = header->file_size,
        .address = header->virtual_address,
        .memory_size = header->memory_size,
        .alignment = header->alignment == 0 ? 1 : header->alignment,
    };
    char what[32];

    if (segment.file_size > segment.memory_size)
        return FAIL(error, ELF_SEGMENT_SIZES, index, segment.file_size, segment.memory_size);
    if (segment.memory_size == 0)
        return true;
    print_text(what, sizeof(what), "segment %u", index);
    if (!check_in_file(file, segment.file_offset, segment.file_size, what, error) ||
        !check_segment(&segment, kernel->is_position_independent, error))
        return false;
    if (kernel->segment_count == ELF_SEGMENTS_MAX)
        return FAIL_WITH(error, ELF_TOO_MANY_HEADERS, "loadable segments", ELF_SEGMENTS_MAX + 1,
                         ELF_SEGMENTS_MAX);
    kernel->alignment = maximum(kernel->alignment, segment.alignment);
    insert_segment(kernel, &segment);
    return true;
}

static bool add_note(const struct reader *file, const struct elf_program_header *header,
                     struct elf_kernel *kernel, struct error *error)
{
    if (!check_in_file(file, header->offset, header->file_size, "a note segment", error))
        return false;
    if (kernel->note_count == ELF_NOTES_MAX)
        return FAIL_WITH(error, ELF_TOO_MANY_HEADERS, "note segments", ELF_NOTES_MAX + 1,
                         ELF_NOTES_MAX);
    kernel->notes[kernel->note_count++] = (struct elf_note){header->offset, header->file_size};
    return true;
}

/* Linker scripts with explicit PHDRS leave such headers behind, empty: they mean nothing. */
static bool take_range(const struct elf_program_header *header, const char *what,
                       struct elf_range *out, struct error *error)
{
    if (header->memory_size == 0)
        return true;
    if (out->size != 0)
        return FAIL_WITH(error, ELF_TWICE, what);
    *out = (struct elf_range){header->virtual_address, header->memory_size};
    return true;
}

static bool take_tls(const struct elf_program_header *header, uint32_t index,
                     struct elf_kernel *kernel, struct error *error)
{
    uint64_t alignment = header->alignment == 0 ? 1 : header->alignment;

    if (header->memory_size == 0)
        return true;
    if (kernel->tls.memory_size != 0)
        return FAIL_WITH(error, ELF_TWICE, "PT_TLS");
    if (header->file_size > header->memory_size)
        return FAIL(error, ELF_SEGMENT_SIZES, index, header->file_size, header->memory_size);
    if (!is_power_of_two(alignment))
        return FAIL(error, ELF_SEGMENT_ALIGNMENT, index, alignment);
    kernel->tls = (struct elf_tls){header->virtual_address, header->file_size, header->memory_size,
                                   alignment};
    return true;
}

static bool add_program_header(const struct reader *file, const struct elf_program_header *header,
                               uint32_t index, struct elf_kernel *kernel, struct error *error)
{
    switch (header->type) {
    case SEGMENT_LOAD:
        return add_segment(file, header, index, kernel, error);
    case SEGMENT_NOTE:
        return add_note(file, header, kernel, error);
    case SEGMENT_DYNAMIC:
        return take_range(header, "PT_DYNAMIC", &kernel->dynamic, error);
    case SEGMENT_RELRO:
        return take_range(header, "PT_GNU_RELRO", &kernel->relro, error);
    case SEGMENT_TLS:
        return take_tls(header, index, kernel, error);
    default:
        return true;
    }
}

static bool read_program_headers(struct reader *file, const struct elf_file_header *header,
                                 struct elf_kernel *kernel, struct error *error)
{
    struct elf_program_header window[16];
    uint32_t count = header->program_header_count;

    if (!check_in_file(file, header->program_headers, count * sizeof(window[0]),
                       "the program header table", error))
        return false;
    for (uint32_t first = 0; first < count; first += COUNT_OF(window)) {
        uint32_t windowed = (uint32_t)minimum(count - first, COUNT_OF(window));

        if (!reader_read(file, header->program_headers + first * sizeof(window[0]),
                         windowed * sizeof(window[0]), window, error))
            return false;
        for (uint32_t i = 0; i < windowed; i++) {
            if (!add_program_header(file, &window[i], first + i, kernel, error))
                return false;
        }
    }
    return kernel->segment_count > 0 || FAIL(error, ELF_NO_SEGMENTS);
}

/* Segments may share a page as long as it does not become writable and executable. */
static bool check_neighbours(const struct elf_kernel *kernel, struct error *error)
{
    uint32_t page_flags = kernel->segments[0].flags; /* of the last page so far */

    for (uint32_t i = 1; i < kernel->segment_count; i++) {
        const struct elf_segment *below = &kernel->segments[i - 1], *above = &kernel->segments[i];
        uint64_t last_page = align_down(elf_segment_last(below), PAGE_SIZE);

        if (elf_segment_last(below) >= above->address)
            return FAIL(error, ELF_SEGMENTS_OVERLAP, below->index, above->index, above->address);
        if (align_down(above->address, PAGE_SIZE) != last_page) {
            page_flags = above->flags;
            continue;
        }
        page_flags |= above->flags;
        if ((page_flags & ELF_WRITE) && (page_flags & ELF_EXECUTE))
            return FAIL(error, ELF_PAGE_WRITE_EXECUTE, below->index, above->index, last_page);
        if (align_down(elf_segment_last(above), PAGE_SIZE) != last_page)
            page_flags = above->flags;
    }
    return true;
}

static bool check_entry(const struct elf_kernel *kernel, struct error *error)
{
    for (uint32_t i = 0; i < kernel->segment_count; i++) {
        const struct elf_segment *segment = &kernel->segments[i];

        if ((segment->flags & ELF_EXECUTE) && kernel->entry >= segment->address &&
            kernel->entry - segment->address < segment->file_size)
            return true;
    }
    return FAIL(error, ELF_ENTRY, kernel->entry);
}

const struct elf_segment *elf_segment_at(const struct elf_kernel *kernel, uint64_t address,
                                         uint64_t size)
{
    for (uint32_t i = 0; i < kernel->segment_count; i++) {
        const struct elf_segment *segment = &kernel->segments[i];

        if (address >= segment->address && address - segment->address <= segment->memory_size &&
            size <= segment->memory_size - (address - segment->address))
            return segment;
    }
    return NULL;
}

/*
 * What these headers point to is in memory. PT_GNU_RELRO may reach beyond: lld rounds it up to a
 * page, and only what it covers of segments counts.
 */
static bool check_ranges(const struct elf_kernel *kernel, struct error *error)
{
    const struct elf_range *dynamic = &kernel->dynamic;
    const struct elf_tls *tls = &kernel->tls;

    if (dynamic->size > 0 && elf_segment_at(kernel, dynamic->address, dynamic->size) == NULL)
        return FAIL_WITH(error, ELF_RANGE_OUTSIDE, "PT_DYNAMIC", dynamic->address, dynamic->size);
    if (tls->file_size > 0 && elf_segment_at(kernel, tls->address, tls->file_size) == NULL)
        return FAIL_WITH(error, ELF_RANGE_OUTSIDE, "PT_TLS", tls->address, tls->file_size);
    return true;
}

static void find_section_headers(const struct reader *file, const struct elf_file_header *header,
                                 struct elf_kernel *kernel)
{
    struct error ignored; /* a kernel boots without a section header table */

    if (header->section_header_size != SECTION_HEADER_SIZE ||
        !check_in_file(file, header->section_headers,
                       (uint64_t)header->section_header_count * SECTION_HEADER_SIZE, "", &ignored))
        return;
    kernel->section_headers = header->section_headers;
    kernel->section_header_count = header->section_header_count;
}

bool elf_read(struct reader *file, struct elf_kernel *out, struct error *error)
{
    struct elf_file_header header;
    struct elf_kernel kernel = {0};

    if (!read_file_header(file, &header, error))
        return false;
    kernel.is_position_independent = header.type == TYPE_SHARED;
    kernel.alignment = PAGE_SIZE;
    kernel.entry = header.entry;
    if (!read_program_headers(file, &header, &kernel, error) || !check_neighbours(&kernel, error) ||
        !check_entry(&kernel, error) || !check_ranges(&kernel, error))
        return false;
    find_section_headers(file, &header, &kernel);

    kernel.low = align_down(kernel.segments[0].address, PAGE_SIZE);
    uint64_t last = elf_segment_last(&kernel.segments[kernel.segment_count - 1]);
    /* It moves as one, and there is nowhere to go; its span might not fit into 64 bits, either. */
    if (kernel.is_position_independent && kernel.low <= LOW_HALF_LAST && last >= HIGH_HALF_FIRST)
        return FAIL(error, ELF_BOTH_HALVES, kernel.low, last);
    kernel.span = align_down(last - kernel.low, PAGE_SIZE) + PAGE_SIZE;
    *out = kernel;
    return true;
}
