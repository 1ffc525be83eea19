/* SPDX-License-Identifier: MIT */
#include "format/request.h"

#include "base/bytes.h"
#include "base/print.h"
#include "base/string.h"
#include "base/units.h"
#include "format/section.h"

enum {
    NOTE_HEADER_SIZE = __builtin_offsetof(struct bowline_request_note, request),
    REQUEST_SIZE_MIN = __builtin_offsetof(struct bowline_request, flags),
    NOTE_SCAN_MAX = 64 * 1024, /* a kernel's notes are a few hundred bytes */
};

static const uint64_t KNOWN_FLAGS = BOWLINE_WANT_FRAMEBUFFER | BOWLINE_WANT_VGA_TEXT |
                                    BOWLINE_WANT_KASLR | BOWLINE_WANT_RECURSIVE_PAGE_TABLE |
                                    BOWLINE_WANT_LA57 | BOWLINE_WANT_SMP | BOWLINE_WANT_FILE_COPY;

/* There is one screen. */
static const uint64_t BOTH_SCREENS =
    BOWLINE_REQUIRE(BOWLINE_WANT_FRAMEBUFFER | BOWLINE_WANT_VGA_TEXT);

/* What this version does not do yet. As wishes these are ignored. */
static const struct {
    uint64_t flag;
    const char *name;
} unsupported[] = {
    {BOWLINE_WANT_SMP, "the start of all processors"},
};

struct search {
    struct reader *file;
    struct bowline_request request;
    bool found;
};

static bool check_size(const struct bowline_request *request, uint64_t note_size,
                       struct error *error)
{
    if (request->magic != BOWLINE_REQUEST_MAGIC)
        return FAIL_WITH(error, REQUEST_DAMAGED, "its magic number", request->magic);
    if (request->size < REQUEST_SIZE_MIN || request->size > note_size)
        return FAIL_WITH(error, REQUEST_DAMAGED, "its size", request->size);
    return true;
}

static bool check_requirements(const struct bowline_request *request, struct error *error)
{
    uint64_t unknown = request->flags >> 32 & ~KNOWN_FLAGS;
    if (unknown != 0)
        return FAIL(error, REQUEST_UNKNOWN_REQUIREMENT, unknown);
    for (size_t i = 0; i < COUNT_OF(unsupported); i++) {
        if (request->flags & BOWLINE_REQUIRE(unsupported[i].flag))
            return FAIL_WITH(error, UNSUPPORTED, unsupported[i].name);
    }
    if ((request->flags & BOTH_SCREENS) == BOTH_SCREENS)
        return FAIL(error, REQUEST_TWO_SCREENS);
    return true;
}

/* Reads the request at `offset` of the file, whose note says it has `note_size` bytes. */
static bool take_request(struct search *search, uint64_t offset, uint64_t note_size,
                         struct error *error)
{
    struct bowline_request request = {0};
    uint64_t known = minimum(note_size, sizeof(request));

    if (note_size < REQUEST_SIZE_MIN)
        return FAIL_WITH(error, REQUEST_DAMAGED, "the size of its note", note_size);
    if (!reader_read(search->file, offset, known, &request, error) ||
        !check_size(&request, note_size, error))
        return false;
    if (request.size < known)
        memset((uint8_t *)&request + request.size, 0, known - request.size);
    if (!check_requirements(&request, error))
        return false;
    if (search->found && memcmp(&search->request, &request, sizeof(request)) != 0)
        return FAIL(error, REQUEST_TWICE);
    search->request = request;
    search->found = true;
    return true;
}

static bool is_our_note(const uint8_t *bytes)
{
    return load_le32(bytes) == sizeof(BOWLINE_NOTE_OWNER) &&
           load_le32(bytes + 8) == BOWLINE_NOTE_TYPE &&
           memcmp(bytes + 12, BOWLINE_NOTE_OWNER, sizeof(BOWLINE_NOTE_OWNER)) == 0;
}

/*
 * Looks at every multiple of 4 instead of walking from note to note: linkers disagree on whether
 * notes in one segment are aligned to 4 or 8, and linker scripts mix both.
 */
static bool search_notes(struct search *search, uint64_t offset, uint64_t size, struct error *error)
{
    uint8_t window[512];
    uint64_t end = minimum(size, NOTE_SCAN_MAX);

    for (uint64_t start = 0; end - start >= NOTE_HEADER_SIZE;) {
        uint64_t length = minimum(end - start, sizeof(window));

        if (!reader_read(search->file, offset + start, length, window, error))
            return false;
        uint64_t i = 0;
        for (; i + NOTE_HEADER_SIZE <= length; i += 4) {
            if (is_our_note(window + i) &&
                !take_request(search, offset + start + i + NOTE_HEADER_SIZE,
                              load_le32(window + i + 4), error))
                return false;
        }
        start += i;
    }
    return true;
}

static bool search_sections(struct search *search, const struct elf_kernel *kernel,
                            struct error *error)
{
    for (uint32_t i = 0; i < kernel->section_header_count; i++) {
        struct elf_section section;
        uint64_t end;

        if (!elf_read_section(search->file, kernel, i, &section, error))
            return false;
        if (section.type != SECTION_TYPE_NOTE ||
            __builtin_add_overflow(section.offset, section.size, &end) || end > search->file->size)
            continue;
        if (!search_notes(search, section.offset, section.size, error))
            return false;
    }
    return true;
}

bool request_read(struct reader *file, const struct elf_kernel *kernel, struct bowline_request *out,
                  bool *found, struct error *error)
{
    struct search search = {.file = file};

    for (uint32_t i = 0; i < kernel->note_count; i++) {
        if (!search_notes(&search, kernel->notes[i].offset, kernel->notes[i].size, error))
            return false;
    }
    if (!search.found && !search_sections(&search, kernel, error))
        return false;
    *out = search.request;
    *found = search.found;
    return true;
}
