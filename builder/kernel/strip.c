/* SPDX-License-Identifier: MIT */
#include "kernel/strip.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "format/request.h"

bool strip_is_debug(const char *name)
{
    static const char *const beginnings[] = {".debug",     ".zdebug",    ".gnu.debuglto_",
                                             ".stab",      ".gdb_index", ".rela.debug",
                                             ".rel.debug", ".rela.stab"};

    for (size_t i = 0; i < COUNT_OF(beginnings); i++)
        if (strncmp(name, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    return strcmp(name, ".comment") == 0;
}

/* A section that may be moved: what a loader does not see and the file has bytes of. */
struct movable {
    size_t index;
    bool is_kept;
    Elf64_Shdr *header; /* in stripped.sections */
};

struct work {
    Elf *elf;
    Elf64_Ehdr header;
    uint64_t size;  /* of the file */
    uint64_t fixed; /* bytes from the file's start that stay where they are */
    size_t section_count;
    size_t movable_count;
    struct movable *movables; /* by their place in the file */
    bool has_debug;
};

/* Up to where program headers and what they cover reach. False: not a layout to touch. */
static bool find_fixed(struct work *work)
{
    uint64_t end = sizeof(work->header);
    size_t count;

    if (elf_getphdrnum(work->elf, &count) != 0)
        return false;
    end = maximum(end, work->header.e_phoff + count * sizeof(Elf64_Phdr));
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;
        uint64_t segment_end;

        if (gelf_getphdr(work->elf, (int)i, &segment) == NULL)
            return false;
        if (__builtin_add_overflow(segment.p_offset, segment.p_filesz, &segment_end) ||
            segment_end > work->size)
            return false;
        end = maximum(end, segment_end);
    }
    work->fixed = end;
    return true;
}

static int by_place(const void *a, const void *b)
{
    const struct movable *first = a, *second = b;

    if (first->header->sh_offset != second->header->sh_offset)
        return first->header->sh_offset < second->header->sh_offset ? -1 : 1;
    return first->index < second->index ? -1 : 1;
}

/* Looks at one section. False: it reaches over the border, or outside the file. */
static bool take_section(struct work *work, size_t index, Elf64_Shdr *header, const char *name)
{
    uint64_t end;
    bool is_debug = name != NULL && strip_is_debug(name) && !(header->sh_flags & SHF_ALLOC);

    if (header->sh_type == SHT_NULL || header->sh_type == SHT_NOBITS)
        return true;
    if (__builtin_add_overflow(header->sh_offset, header->sh_size, &end) || end > work->size)
        return false;
    if (end <= work->fixed)
        return true; /* covered by a segment, or before one: it stays */
    if (header->sh_offset < work->fixed || (header->sh_flags & SHF_ALLOC))
        return false;
    work->has_debug |= is_debug;
    work->movables[work->movable_count++] =
        (struct movable){.index = index, .is_kept = !is_debug, .header = header};
    return true;
}

static bool take_sections(struct work *work, Elf64_Shdr *headers)
{
    size_t names;

    if (elf_getshdrstrndx(work->elf, &names) != 0)
        return false;
    for (size_t i = 0; i < work->section_count; i++) {
        Elf_Scn *section = elf_getscn(work->elf, i);

        if (section == NULL || gelf_getshdr(section, &headers[i]) == NULL)
            return false;
        if (!take_section(work, i, &headers[i], elf_strptr(work->elf, names, headers[i].sh_name)))
            return false;
    }
    qsort(work->movables, work->movable_count, sizeof(work->movables[0]), by_place);
    return true;
}

/* The alignment that a section's place in the file keeps. */
static uint64_t alignment_of(const Elf64_Shdr *header)
{
    return is_power_of_two(header->sh_addralign) ? minimum(header->sh_addralign, PAGE_SIZE) : 1;
}

static bool pad(struct content *content, uint64_t alignment)
{
    static const uint8_t zeros[PAGE_SIZE];
    uint64_t size = content->reader.size;

    return content_add_bytes(content, zeros, align_up(size, alignment) - size);
}

/* Puts the stripped file together. False: too many pieces, or sections that share bytes. */
static bool compose(struct work *work, int fd, struct stripped *out)
{
    Elf64_Ehdr *header = out->header;
    struct content *content = &out->content;
    uint64_t end = work->fixed;

    if (!content_add_bytes(content, header, sizeof(*header)) ||
        !content_add_file(content, fd, sizeof(*header), work->fixed - sizeof(*header)))
        return false;
    for (size_t i = 0; i < work->movable_count; i++) {
        Elf64_Shdr *section = work->movables[i].header;
        uint64_t from = section->sh_offset;

        if (from < end)
            return false;
        end = from + section->sh_size;
        if (!work->movables[i].is_kept) {
            *section = (Elf64_Shdr){.sh_type = SHT_NULL};
            continue;
        }
        if (!pad(content, alignment_of(section)))
            return false;
        section->sh_offset = content->reader.size;
        if (!content_add_file(content, fd, from, section->sh_size))
            return false;
    }
    if (!pad(content, _Alignof(Elf64_Shdr)))
        return false;
    header->e_shoff = content->reader.size;
    return content_add_bytes(content, out->sections, work->section_count * sizeof(Elf64_Shdr));
}

/* Everything that needs libelf. False: take the file as it is. */
static bool strip(struct work *work, int fd, struct stripped *out)
{
    Elf64_Ehdr *header = elf64_getehdr(work->elf);

    if (header == NULL || elf_getshdrnum(work->elf, &work->section_count) != 0 ||
        work->section_count == 0 || header->e_shoff == 0)
        return false;
    work->header = *header;
    if (!find_fixed(work) || header->e_shoff < work->fixed)
        return false;
    out->header = malloc(sizeof(*header));
    out->sections = calloc(work->section_count, sizeof(Elf64_Shdr));
    work->movables = calloc(work->section_count, sizeof(work->movables[0]));
    if (out->header == NULL || out->sections == NULL || work->movables == NULL)
        return false;
    memcpy(out->header, header, sizeof(*header));
    return take_sections(work, out->sections) && work->has_debug && compose(work, fd, out) &&
           out->content.reader.size < work->size;
}

bool strip_debug(int fd, uint64_t size, struct stripped *out, struct error *error)
{
    struct stripped stripped = {0};
    struct work work = {.size = size};
    bool is_stripped;

    if (elf_version(EV_CURRENT) == EV_NONE)
        return FAIL_WITH(error, HOST_LIBELF, elf_errmsg(-1));
    content_init(&stripped.content);
    work.elf = elf_begin(fd, ELF_C_READ, NULL);
    is_stripped = work.elf != NULL && strip(&work, fd, &stripped);
    elf_end(work.elf);
    free(work.movables);
    if (!is_stripped) {
        content_init(&stripped.content);
        content_add_file(&stripped.content, fd, 0, size);
    }
    stripped.saved = size - stripped.content.reader.size;
    *out = stripped;
    return true;
}

void stripped_free(struct stripped *stripped)
{
    free(stripped->header);
    free(stripped->sections);
    *stripped = (struct stripped){0};
}

/* Compares a range of two files, but for e_shoff. */
static bool is_same_range(struct reader *a, struct reader *b, uint64_t offset, uint64_t length,
                          bool *same, struct error *error)
{
    static uint8_t windows[2][64 * KIB];

    for (*same = true; length > 0 && *same;) {
        uint64_t part = minimum(length, sizeof(windows[0]));

        if (!reader_read(a, offset, part, windows[0], error) ||
            !reader_read(b, offset, part, windows[1], error))
            return false;
        for (size_t i = 0; i < sizeof(Elf64_Off); i++) {
            uint64_t place = offsetof(Elf64_Ehdr, e_shoff) + i;

            if (place >= offset && place - offset < part)
                windows[0][place - offset] = windows[1][place - offset];
        }
        *same = memcmp(windows[0], windows[1], part) == 0;
        offset += part;
        length -= part;
    }
    return true;
}

static bool is_same_segment(const struct elf_segment *a, const struct elf_segment *b)
{
    return a->index == b->index && a->flags == b->flags && a->file_offset == b->file_offset &&
           a->file_size == b->file_size && a->address == b->address &&
           a->memory_size == b->memory_size && a->alignment == b->alignment;
}

/* The request may have been found by the section headers alone. */
static bool is_same_request(struct reader *whole, const struct elf_kernel *before,
                            struct reader *stripped, const struct elf_kernel *after,
                            struct error *error)
{
    struct bowline_request first, second;
    bool is_first_found, is_second_found;

    if (!request_read(whole, before, &first, &is_first_found, error) ||
        !request_read(stripped, after, &second, &is_second_found, error))
        return false;
    if (is_first_found != is_second_found || memcmp(&first, &second, sizeof(first)) != 0)
        return FAIL_WITH(error, HOST_STRIP, "its boot request");
    return true;
}

bool strip_verify(struct reader *whole, struct reader *stripped, struct error *error)
{
    static struct elf_kernel before, after; /* large */
    bool is_same;

    if (!elf_read(whole, &before, error) || !elf_read(stripped, &after, error))
        return false;
    if (before.entry != after.entry || before.segment_count != after.segment_count)
        return FAIL_WITH(error, HOST_STRIP, "its headers");
    for (uint32_t i = 0; i < before.segment_count; i++) {
        const struct elf_segment *segment = &before.segments[i];

        if (!is_same_segment(segment, &after.segments[i]))
            return FAIL_WITH(error, HOST_STRIP, "its program headers");
        if (!is_same_range(whole, stripped, segment->file_offset, segment->file_size, &is_same,
                           error))
            return false;
        if (!is_same)
            return FAIL_WITH(error, HOST_STRIP, "a segment");
    }
    return is_same_request(whole, &before, stripped, &after, error);
}
