/* SPDX-License-Identifier: MIT */
#include "shape.h"

/* Is there a segment, or a pair of them, for which this holds? */
static bool exists(const struct shape *shape, bool (*holds)(const struct segment *segment))
{
    for (unsigned i = 0; i < shape->header->segment_count; i++)
        if (is_loaded(&shape->segments[i]) && holds(&shape->segments[i]))
            return true;
    return false;
}

static bool exists_pair(const struct shape *shape,
                        bool (*holds)(const struct segment *a, const struct segment *b))
{
    for (unsigned i = 0; i < shape->header->segment_count; i++)
        for (unsigned j = 0; j < shape->header->segment_count; j++)
            if (i != j && is_loaded(&shape->segments[i]) && is_loaded(&shape->segments[j]) &&
                holds(&shape->segments[i], &shape->segments[j]))
                return true;
    return false;
}

static bool is_neighbour(const struct segment *a, const struct segment *b)
{
    return a->memory_size > a->file_size && !is_aligned(a->address + a->file_size, PAGE_SIZE) &&
           b->file_size > 0 && b->offset == a->offset + a->file_size;
}

/* .bss begins in the midst of a page, and the file goes on with another segment. */
static bool has_neighbour(const struct shape *shape)
{
    return exists_pair(shape, is_neighbour);
}

static bool is_whole(const struct segment *segment)
{
    return segment->memory_size > segment->file_size &&
           is_aligned(segment->address + segment->memory_size, PAGE_SIZE);
}

static bool has_whole_pages(const struct shape *shape)
{
    return exists(shape, is_whole);
}

static bool is_zeros(const struct segment *segment)
{
    return segment->file_size == 0;
}

static bool has_zeros(const struct shape *shape)
{
    return exists(shape, is_zeros);
}

static bool share_a_page(const struct segment *a, const struct segment *b)
{
    return a->address < b->address &&
           align_down(last_of(a), PAGE_SIZE) == align_down(b->address, PAGE_SIZE);
}

static bool share_code(const struct segment *a, const struct segment *b)
{
    return share_a_page(a, b) && a->flags == (SEGMENT_READ | SEGMENT_EXECUTE) &&
           b->flags == SEGMENT_READ;
}

static bool share_variables(const struct segment *a, const struct segment *b)
{
    return share_a_page(a, b) && a->flags == SEGMENT_READ &&
           b->flags == (SEGMENT_READ | SEGMENT_WRITE);
}

static bool has_shared_pages(const struct shape *shape)
{
    return exists_pair(shape, share_code) && exists_pair(shape, share_variables);
}

static bool ends_last(const struct segment *segment)
{
    return last_of(segment) == UINT64_MAX;
}

static bool reaches_top(const struct shape *shape)
{
    return exists(shape, ends_last);
}

static bool is_in_both(const struct segment *a, const struct segment *b)
{
    return a->address == 0x200000 && b->address == 0xffffffff80000000;
}

static bool is_in_both_halves(const struct shape *shape)
{
    return exists_pair(shape, is_in_both);
}

static unsigned count_headers(const struct shape *shape, uint32_t type)
{
    unsigned count = 0;

    for (unsigned i = 0; i < shape->header->segment_count; i++)
        count += shape->segments[i].type == type;
    return count;
}

static unsigned count_sections(const struct shape *shape, uint32_t type)
{
    unsigned count = 0;

    for (unsigned i = 0; i < shape->header->section_count; i++)
        count += shape->sections[i].type == type;
    return count;
}

static bool has_no_sections(const struct shape *shape)
{
    return shape->header->sections == 0 && shape->header->section_count == 0 &&
           shape->header->section_names == 0 && count_headers(shape, SEGMENT_NOTE) > 0;
}

static bool has_no_symbols(const struct shape *shape)
{
    return shape->header->section_count > 0 && count_sections(shape, SECTION_SYMBOLS) == 0;
}

static bool has_no_note_segment(const struct shape *shape)
{
    return count_headers(shape, SEGMENT_NOTE) == 0 && count_sections(shape, SECTION_NOTE) > 0;
}

/* Headers of nothing: they count as none. (An empty PT_GNU_RELRO is what ld.lld leaves as well.) */
static bool has_empty_headers(const struct shape *shape)
{
    const struct bowline_info *boot = shape->boot;

    for (unsigned i = 0; i < shape->header->segment_count; i++)
        if (shape->segments[i].type != SEGMENT_NOTE && !is_loaded(&shape->segments[i]))
            CHECK_EQUAL(shape->segments[i].memory_size, 0);
    CHECK_EQUAL((uintptr_t)boot->tls_template, 0);
    CHECK_EQUAL(boot->tls_memory_size | boot->tls_file_size | boot->tls_alignment, 0);
    return count_headers(shape, SEGMENT_TLS) == 1 && count_headers(shape, SEGMENT_DYNAMIC) == 1;
}

/* Has main.c's table that nobody refers to come into the file? */
static bool has_unneeded(const struct shape *shape)
{
    volatile uint32_t low = 0x6e656564,
                      high = 0x6e6f626f; /* not one number: it would be found here */
    uint64_t number = (uint64_t)high << 32 | low;
    const uint64_t *words = (const uint64_t *)shape->file;

    for (uint64_t i = 0; i < shape->boot->kernel_file_size / sizeof(number); i++)
        if (words[i] == number)
            return true;
    return false;
}

static bool lacks_unneeded(const struct shape *shape)
{
    return !has_unneeded(shape);
}

static const struct {
    const char *name;
    bool (*holds)(const struct shape *shape);
} properties[] = {
    {"neighbour", has_neighbour},
    {"whole-pages", has_whole_pages},
    {"zeros", has_zeros},
    {"shared-pages", has_shared_pages},
    {"top", reaches_top},
    {"both-halves", is_in_both_halves},
    {"no-sections", has_no_sections},
    {"no-symbols", has_no_symbols},
    {"section-note", has_no_note_segment},
    {"empty-headers", has_empty_headers},
    {"unneeded", has_unneeded},
    {"no-unneeded", lacks_unneeded},
};

/* `name` has `length` bytes. */
static void check_property(const struct shape *shape, const char *name, size_t length)
{
    for (unsigned i = 0; i < COUNT_OF(properties); i++) {
        if (strlen(properties[i].name) != length || memcmp(properties[i].name, name, length) != 0)
            continue;
        if (!properties[i].holds(shape))
            fail(__FILE__, __LINE__, "this file is not of the shape %s", properties[i].name);
        return;
    }
    fail(__FILE__, __LINE__, "there is no such property: %s", name);
}

void check_properties(const struct shape *shape)
{
    const char *word = shape->boot->command_line;

    while (*word != '\0') {
        size_t length = 0;
        bool is_property = true;

        for (; word[length] != '\0' && word[length] != ' '; length++)
            is_property = is_property && word[length] != '=';
        if (is_property && length > 0)
            check_property(shape, word, length);
        word += length + (word[length] == ' ');
    }
}
