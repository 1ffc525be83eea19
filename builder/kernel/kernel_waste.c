/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "kernel/kernel_parts.h"
#include "kernel/strip.h"

/* Bytes of the file that something has a use for. */
struct used {
    uint64_t start;
    uint64_t end;
};

static int by_start(const void *a, const void *b)
{
    const struct used *first = a, *second = b;

    return first->start < second->start ? -1 : first->start > second->start;
}

static void use(struct used *used, size_t *count, const struct reader *reader, uint64_t start,
                uint64_t size)
{
    if (start < reader->size)
        used[(*count)++] = (struct used){start, start + minimum(size, reader->size - start)};
}

static size_t list_used(const struct kernel_file *file, struct used *used)
{
    const Elf64_Ehdr *header = &file->header;
    size_t count = 0;

    use(used, &count, file->reader, 0, sizeof(*header));
    use(used, &count, file->reader, header->e_phoff, file->program_count * sizeof(Elf64_Phdr));
    use(used, &count, file->reader, header->e_shoff, file->section_count * sizeof(Elf64_Shdr));
    for (size_t i = 0; i < file->program_count; i++)
        use(used, &count, file->reader, file->programs[i].p_offset, file->programs[i].p_filesz);
    for (size_t i = 0; i < file->section_count; i++)
        if (file->sections[i].sh_type != SHT_NULL && file->sections[i].sh_type != SHT_NOBITS)
            use(used, &count, file->reader, file->sections[i].sh_offset, file->sections[i].sh_size);
    return count;
}

static bool find_file_gaps(const struct kernel_file *file, uint64_t *out, struct error *error)
{
    struct used *used = calloc(3 + file->program_count + file->section_count, sizeof(*used));
    uint64_t gaps = 0, end = 0;

    if (used == NULL)
        return FAIL(error, HOST_MEMORY);
    size_t count = list_used(file, used);
    qsort(used, count, sizeof(*used), by_start);
    for (size_t i = 0; i < count; i++) {
        if (used[i].start > end)
            gaps += used[i].start - end;
        end = maximum(end, used[i].end);
    }
    free(used);
    *out = gaps + (file->reader->size - end);
    return true;
}

static void find_debug(const struct kernel_file *file, struct kernel_waste *waste)
{
    for (size_t i = 0; i < file->section_count; i++)
        if (file->sections[i].sh_type != SHT_NOBITS && !(file->sections[i].sh_flags & SHF_ALLOC) &&
            strip_is_debug(kernel_file_section_name(file, i)))
            waste->debug += minimum(file->sections[i].sh_size, file->reader->size);
}

/* Pages between segments that lie in one piece of memory (docs/boot-protocol.md). */
static void find_memory_gaps(const struct elf_kernel *elf, struct kernel_waste *waste)
{
    uint64_t used = 0, behind = elf->low;

    if (elf->span > 1 * GIB)
        return;
    for (uint32_t i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *segment = &elf->segments[i];
        uint64_t start = align_down(segment->address, PAGE_SIZE);
        uint64_t end = align_down(elf_segment_last(segment), PAGE_SIZE) + PAGE_SIZE;

        if (start - elf->low < behind - elf->low)
            start = behind;
        used += end - start;
        behind = end;
    }
    waste->memory_gaps = elf->span - used;
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
    return size == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0);
}

/*
 * Whole pages of zeros in what the file has of a segment, and how many of them are its end:
 * `ending` is carried from window to window.
 */
static void count_zeros(const uint8_t *window, uint64_t length, struct kernel_waste *waste,
                        uint64_t *ending)
{
    for (uint64_t i = 0; i < length; i += PAGE_SIZE) {
        uint64_t size = minimum(length - i, PAGE_SIZE);

        if (!is_zero(window + i, size)) {
            *ending = 0;
        } else if (size == PAGE_SIZE) {
            waste->zeros += size;
            *ending += size;
        }
    }
}

static bool find_zeros(const struct kernel_file *file, const struct elf_segment *segment,
                       struct kernel_waste *waste, struct error *error)
{
    static uint8_t window[64 * KIB];
    uint64_t ending = 0;

    for (uint64_t i = 0; i < segment->file_size; i += sizeof(window)) {
        uint64_t length = minimum(segment->file_size - i, sizeof(window));

        if (!reader_read(file->reader, segment->file_offset + i, length, window, error))
            return false;
        count_zeros(window, length, waste, &ending);
    }
    if (segment->flags & ELF_WRITE)
        waste->ending_zeros += ending;
    return true;
}

bool kernel_waste_find(const struct kernel_file *file, const struct kernel_facts *facts,
                       struct kernel_waste *out, struct error *error)
{
    struct kernel_waste waste = {0};

    find_debug(file, &waste);
    find_memory_gaps(&facts->elf, &waste);
    for (uint32_t i = 0; i < facts->elf.segment_count; i++)
        if (!find_zeros(file, &facts->elf.segments[i], &waste, error))
            return false;
    if (!find_file_gaps(file, &waste.file_gaps, error))
        return false;
    *out = waste;
    return true;
}
