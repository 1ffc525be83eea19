/* SPDX-License-Identifier: MIT */
#include "format/relocation.h"

#include "base/print.h"
#include "base/string.h"
#include "base/units.h"
#include "format/symbols.h"

struct elf_relocation { /* gABI: Elf64_Rela */
    uint64_t offset;
    uint32_t type;
    uint32_t symbol;
    uint64_t addend;
};
_Static_assert(sizeof(struct elf_relocation) == 24, "gABI: Elf64_Rela");

enum {
    /* Tags of the dynamic section, gABI chapter 5. */
    TAG_END = 0,
    TAG_NEEDED = 1,
    TAG_PLT_SIZE = 2,
    TAG_SYMBOLS = 6,
    TAG_RELA = 7,
    TAG_RELA_SIZE = 8,
    TAG_RELA_ENTRY = 9,
    TAG_SYMBOL_ENTRY = 11,
    TAG_REL = 17,
    TAG_REL_SIZE = 18,
    TAG_PLT_KIND = 20,
    TAG_PLT = 23,
    TAG_RELR_SIZE = 35,
    TAG_RELR = 36,
    TAG_RELR_ENTRY = 37,
    TAGS = 38, /* what lies above is of no use here */

    TYPE_NONE = 0,
    TYPE_64 = 1,
    TYPE_GLOB_DAT = 6,
    TYPE_JUMP_SLOT = 7,
    TYPE_RELATIVE = 8,

    BINDING_WEAK = 2,
    SYMBOL_TLS = 6,
    SYMBOL_IFUNC = 10,

    WINDOW = 32, /* entries read at a time */
};

struct work {
    const struct elf_kernel *kernel;
    struct relocation_memory *memory;
    uint64_t slide;
    uint64_t tags[TAGS]; /* values by tag; 0: not there */
    uint64_t number;     /* relocations so far */
};

/* Reads from a table. Tables are in the file: one in .bss would be endless zeros. */
static bool read_at(struct work *work, const char *what, uint64_t address, uint64_t length,
                    void *to, struct error *error)
{
    const struct elf_segment *segment = elf_segment_at(work->kernel, address, length);

    if (segment == NULL || address - segment->address + length > segment->file_size)
        return FAIL_WITH(error, RELOCATION_TABLE, what, address);
    return work->memory->read(work->memory, address, length, to, error);
}

static bool read_tags(struct work *work, struct error *error)
{
    const struct elf_range *dynamic = &work->kernel->dynamic;

    for (uint64_t i = 0; i + 16 <= dynamic->size; i += 16) {
        uint64_t entry[2]; /* tag, value */

        if (!read_at(work, "PT_DYNAMIC", dynamic->address + i, sizeof(entry), entry, error))
            return false;
        if (entry[0] == TAG_END)
            break;
        if (entry[0] == TAG_NEEDED)
            return FAIL(error, RELOCATION_LIBRARY);
        if (entry[0] < TAGS)
            work->tags[entry[0]] = entry[1];
    }
    return true;
}

/* The size of an entry, where the file has such a table, is the one that we know. */
static bool check_entry_size(const struct work *work, unsigned size_tag, unsigned entry_tag,
                             uint64_t entry_size, const char *what, struct error *error)
{
    if (work->tags[size_tag] == 0)
        return true;
    if (work->tags[entry_tag] != entry_size)
        return FAIL_WITH(error, RELOCATION_TABLE, what, work->tags[entry_tag]);
    return true;
}

static bool check_tags(const struct work *work, struct error *error)
{
    if (work->tags[TAG_REL_SIZE] != 0)
        return FAIL(error, RELOCATION_REL);
    if (work->tags[TAG_PLT_SIZE] != 0 && work->tags[TAG_PLT_KIND] != TAG_RELA)
        return FAIL_WITH(error, RELOCATION_TABLE, "DT_PLTREL", work->tags[TAG_PLT_KIND]);
    return check_entry_size(work, TAG_RELA_SIZE, TAG_RELA_ENTRY, sizeof(struct elf_relocation),
                            "DT_RELAENT", error) &&
           check_entry_size(work, TAG_RELR_SIZE, TAG_RELR_ENTRY, sizeof(uint64_t), "DT_RELRENT",
                            error) &&
           check_entry_size(work, TAG_SYMBOLS, TAG_SYMBOL_ENTRY, sizeof(struct elf_symbol),
                            "DT_SYMENT", error);
}

static bool check_place(const struct work *work, uint64_t place, struct error *error)
{
    return elf_segment_at(work->kernel, place, sizeof(uint64_t)) != NULL ||
           FAIL(error, RELOCATION_PLACE, work->number, place);
}

static void write(struct work *work, uint64_t place, uint64_t value)
{
    if (work->memory->write != NULL)
        work->memory->write(work->memory, place, value);
}

/* Names of the kinds that compilers produce when the options are wrong. */
static bool refuse_type(const struct work *work, const struct elf_relocation *relocation,
                        struct error *error)
{
    static const struct {
        uint32_t type;
        const char *name;
    } names[] = {
        {2, "R_X86_64_PC32"},     {5, "R_X86_64_COPY"},      {10, "R_X86_64_32"},
        {11, "R_X86_64_32S"},     {16, "R_X86_64_DTPMOD64"}, {17, "R_X86_64_DTPOFF64"},
        {18, "R_X86_64_TPOFF64"}, {36, "R_X86_64_TLSDESC"},  {37, "R_X86_64_IRELATIVE"},
    };
    char number[16];

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (names[i].type == relocation->type)
            return FAIL_WITH(error, RELOCATION_TYPE, names[i].name, work->number,
                             relocation->offset);
    }
    print_text(number, sizeof(number), "%u", relocation->type);
    return FAIL_WITH(error, RELOCATION_TYPE, number, work->number, relocation->offset);
}

/* The address that a symbol has at run time; 0 for a weak one that nobody defines. */
static bool find_symbol(struct work *work, const struct elf_relocation *relocation, uint64_t *out,
                        struct error *error)
{
    struct elf_symbol symbol;
    uint64_t address;

    if (__builtin_add_overflow(work->tags[TAG_SYMBOLS],
                               (uint64_t)relocation->symbol * sizeof(symbol), &address))
        return FAIL_WITH(error, RELOCATION_TABLE, "DT_SYMTAB", work->tags[TAG_SYMBOLS]);
    if (!read_at(work, "DT_SYMTAB", address, sizeof(symbol), &symbol, error))
        return false;
    unsigned type = symbol.info & 15, binding = symbol.info >> 4;
    if (type == SYMBOL_TLS || type == SYMBOL_IFUNC)
        return refuse_type(work, relocation, error);
    if (symbol.section == SECTION_UNDEFINED) {
        if (binding != BINDING_WEAK && relocation->symbol != 0)
            return FAIL(error, RELOCATION_SYMBOL, work->number, relocation->offset,
                        relocation->symbol);
        *out = 0;
        return true;
    }
    *out = symbol.value + (symbol.section == SECTION_ABSOLUTE ? 0 : work->slide);
    return true;
}

static bool apply_relocation(struct work *work, const struct elf_relocation *relocation,
                             struct error *error)
{
    uint64_t value = work->slide;

    switch (relocation->type) {
    case TYPE_NONE:
        return true;
    case TYPE_RELATIVE:
        break;
    case TYPE_64:
    case TYPE_GLOB_DAT:
    case TYPE_JUMP_SLOT:
        if (!find_symbol(work, relocation, &value, error))
            return false;
        break;
    default:
        return refuse_type(work, relocation, error);
    }
    /* The addends of GLOB_DAT and JUMP_SLOT are not part of the value (AMD64 supplement, 4.4.1). */
    if (relocation->type == TYPE_RELATIVE || relocation->type == TYPE_64)
        value += relocation->addend;
    if (!check_place(work, relocation->offset, error))
        return false;
    write(work, relocation->offset, value);
    return true;
}

static bool apply_table(struct work *work, uint64_t table, uint64_t size, const char *what,
                        struct error *error)
{
    struct elf_relocation window[WINDOW];
    uint64_t count = size / sizeof(window[0]);

    if (size % sizeof(window[0]) != 0)
        return FAIL_WITH(error, RELOCATION_TABLE, what, size);
    for (uint64_t first = 0; first < count; first += WINDOW) {
        uint64_t windowed = minimum(count - first, WINDOW);

        if (!read_at(work, what, table + first * sizeof(window[0]), windowed * sizeof(window[0]),
                     window, error))
            return false;
        for (uint64_t i = 0; i < windowed; i++, work->number++) {
            if (!apply_relocation(work, &window[i], error))
                return false;
        }
    }
    return true;
}

static bool add_slide(struct work *work, uint64_t place, struct error *error)
{
    uint64_t value;

    if (!check_place(work, place, error) ||
        !work->memory->read(work->memory, place, sizeof(value), &value, error))
        return false;
    write(work, place, value + work->slide);
    work->number++;
    return true;
}

/*
 * RELR: an even word is a place and the start of a run; an odd one says with bits 1 to 63 which of
 * the next 63 words of the run are places, too (gABI, "Relocation": SHT_RELR).
 */
static bool apply_relr(struct work *work, struct error *error)
{
    uint64_t table = work->tags[TAG_RELR], size = work->tags[TAG_RELR_SIZE], run = 0;

    if (size % sizeof(uint64_t) != 0)
        return FAIL_WITH(error, RELOCATION_TABLE, "DT_RELRSZ", size);
    for (uint64_t i = 0; i < size; i += sizeof(uint64_t)) {
        uint64_t word;

        if (!read_at(work, "DT_RELR", table + i, sizeof(word), &word, error))
            return false;
        if (word % 2 == 0) {
            if (!add_slide(work, word, error))
                return false;
            run = word + sizeof(uint64_t);
            continue;
        }
        for (unsigned bit = 1; bit < 64; bit++) {
            if ((word >> bit & 1) && !add_slide(work, run + (bit - 1) * sizeof(uint64_t), error))
                return false;
        }
        run += 63 * sizeof(uint64_t);
    }
    return true;
}

bool relocations_apply(const struct elf_kernel *kernel, struct relocation_memory *memory,
                       uint64_t slide, struct error *error)
{
    struct work work = {.kernel = kernel, .memory = memory, .slide = slide};

    return read_tags(&work, error) && check_tags(&work, error) && apply_relr(&work, error) &&
           apply_table(&work, work.tags[TAG_RELA], work.tags[TAG_RELA_SIZE], "DT_RELA", error) &&
           apply_table(&work, work.tags[TAG_PLT], work.tags[TAG_PLT_SIZE], "DT_JMPREL", error);
}

static bool read_from_file(struct relocation_memory *memory, uint64_t address, uint64_t length,
                           void *to, struct error *error)
{
    const struct relocation_file *access = (const struct relocation_file *)memory;
    const struct elf_segment *segment = elf_segment_at(access->kernel, address, length);
    uint64_t start = address - segment->address;
    uint64_t in_file = start < segment->file_size ? segment->file_size - start : 0;

    memset(to, 0, length);
    if (in_file == 0)
        return true;
    return reader_read(access->file, segment->file_offset + start, minimum(in_file, length), to,
                       error);
}

void relocation_file_init(struct relocation_file *access, const struct elf_kernel *kernel,
                          struct reader *file)
{
    *access = (struct relocation_file){
        .memory.read = read_from_file,
        .kernel = kernel,
        .file = file,
    };
}
