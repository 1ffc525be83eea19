/* SPDX-License-Identifier: MIT */
/* Relocations of a small kernel that lies in an array: its address 0x1000 is byte 0. */
#include "format/relocation.h"

#include <elf.h>
#include <string.h>

#include "base/units.h"
#include "support.h"

static const uint64_t BASE = 0x1000, SLIDE = 0x7000000;
static uint8_t bytes[0x2000];
static struct elf_kernel kernel;
static struct error error;
static unsigned tag_count;

/* Where things lie. */
enum { DYNAMIC = 0x100, TABLE = 0x400, SYMBOLS = 0x800, PLACES = 0x1000 };

static void *at(uint64_t offset)
{
    return bytes + offset;
}

static void add_tag(int64_t tag, uint64_t value)
{
    Elf64_Dyn *dynamic = at(DYNAMIC);

    dynamic[tag_count++] = (Elf64_Dyn){tag, {value}};
    dynamic[tag_count] = (Elf64_Dyn){DT_NULL, {0}};
    kernel.dynamic = (struct elf_range){BASE + DYNAMIC, (tag_count + 1) * sizeof(Elf64_Dyn)};
}

static int setup(void **state)
{
    (void)state;
    memset(bytes, 0, sizeof(bytes));
    kernel = (struct elf_kernel){
        .segment_count = 1,
        .segments = {{.address = BASE, .memory_size = sizeof(bytes), .file_size = sizeof(bytes)}},
    };
    error = (struct error){0};
    tag_count = 0;
    return 0;
}

static bool read_bytes(struct relocation_memory *memory, uint64_t address, uint64_t length,
                       void *to, struct error *unused)
{
    (void)memory, (void)unused;
    assert_in_range(address, BASE, BASE + sizeof(bytes) - length);
    memcpy(to, at(address - BASE), length);
    return true;
}

static void write_bytes(struct relocation_memory *memory, uint64_t address, uint64_t value)
{
    (void)memory;
    assert_in_range(address, BASE, BASE + sizeof(bytes) - sizeof(value));
    memcpy(at(address - BASE), &value, sizeof(value));
}

static bool apply(void)
{
    struct relocation_memory memory = {read_bytes, write_bytes};

    return relocations_apply(&kernel, &memory, SLIDE, &error);
}

static uint64_t word(uint64_t offset)
{
    uint64_t value;

    memcpy(&value, at(offset), sizeof(value));
    return value;
}

static void add_table(const Elf64_Rela *relocations, unsigned count)
{
    memcpy(at(TABLE), relocations, count * sizeof(relocations[0]));
    add_tag(DT_RELA, BASE + TABLE);
    add_tag(DT_RELASZ, count * sizeof(relocations[0]));
    add_tag(DT_RELAENT, sizeof(relocations[0]));
    add_tag(DT_SYMTAB, BASE + SYMBOLS);
    add_tag(DT_SYMENT, sizeof(Elf64_Sym));
}

static void every_supported_type_is_applied(void **state)
{
    const Elf64_Rela relocations[] = {
        {BASE + PLACES, ELF64_R_INFO(0, R_X86_64_RELATIVE), 0x1234},
        {BASE + PLACES + 8, ELF64_R_INFO(1, R_X86_64_64), 5},
        {BASE + PLACES + 16, ELF64_R_INFO(1, R_X86_64_GLOB_DAT), 99},
        {BASE + PLACES + 24, ELF64_R_INFO(1, R_X86_64_JUMP_SLOT), 99},
        {BASE + PLACES + 32, ELF64_R_INFO(2, R_X86_64_64), 1},
        {BASE + PLACES + 40, ELF64_R_INFO(3, R_X86_64_GLOB_DAT), 0},
        {0, ELF64_R_INFO(0, R_X86_64_NONE), 0},
    };
    const Elf64_Sym symbols[] = {
        {0},
        {.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), .st_shndx = 1, .st_value = 0x2000},
        {.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE), .st_shndx = SHN_ABS, .st_value = 77},
        {.st_info = ELF64_ST_INFO(STB_WEAK, STT_NOTYPE), .st_shndx = SHN_UNDEF},
    };
    (void)state;

    memcpy(at(SYMBOLS), symbols, sizeof(symbols));
    memset(at(PLACES), 0xff, 64);
    add_table(relocations, COUNT_OF(relocations));
    assert_true(apply());
    assert_int_equal(word(PLACES), SLIDE + 0x1234);
    assert_int_equal(word(PLACES + 8), SLIDE + 0x2000 + 5);
    assert_int_equal(word(PLACES + 16), SLIDE + 0x2000);
    assert_int_equal(word(PLACES + 24), SLIDE + 0x2000);
    assert_int_equal(word(PLACES + 32), 78);
    assert_int_equal(word(PLACES + 40), 0);
    assert_int_equal(word(PLACES + 48), UINT64_MAX);
}

static void relr_is_decoded(void **state)
{
    /* A place; then words 1, 3 and 63 behind it; then, past 63 words, the first. */
    const uint64_t words[] = {BASE + PLACES, 1 | 1 << 1 | 1 << 3 | UINT64_C(1) << 63, 1 | 1 << 1};
    (void)state;

    for (unsigned i = 0; i < 128; i++)
        memcpy(at(PLACES + i * 8), &(uint64_t){i}, 8);
    memcpy(at(TABLE), words, sizeof(words));
    add_tag(35, sizeof(words));
    add_tag(36, BASE + TABLE);
    add_tag(37, 8);
    assert_true(apply());
    for (unsigned i = 0; i < 128; i++) {
        bool is_moved = i == 0 || i == 1 || i == 3 || i == 63 || i == 64;
        assert_int_equal(word(PLACES + i * 8), i + (is_moved ? SLIDE : 0));
    }
}

static void many_relocations_are_applied(void **state)
{
    Elf64_Rela relocations[42];
    (void)state;

    for (unsigned i = 0; i < COUNT_OF(relocations); i++)
        relocations[i] = (Elf64_Rela){BASE + PLACES + 8 * i, ELF64_R_INFO(0, R_X86_64_RELATIVE), i};
    add_table(relocations, COUNT_OF(relocations));
    assert_true(apply());
    for (unsigned i = 0; i < COUNT_OF(relocations); i++)
        assert_int_equal(word(PLACES + 8 * i), SLIDE + i);
}

static void a_kernel_without_relocations_is_left_alone(void **state)
{
    (void)state;
    assert_true(apply());
    add_tag(DT_FLAGS, 8);
    add_tag(DT_DEBUG, 0);
    assert_true(apply());
}

static void assert_refused(Elf64_Rela relocation, enum error_code code)
{
    const Elf64_Sym symbols[] = {
        {0},
        {.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), .st_shndx = SHN_UNDEF},
        {.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_TLS), .st_shndx = 1},
        {.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_GNU_IFUNC), .st_shndx = 1},
    };

    setup(NULL);
    memcpy(at(SYMBOLS), symbols, sizeof(symbols));
    add_table(&relocation, 1);
    assert_false(apply());
    assert_error(&error, code);
}

static void everything_else_is_named(void **state)
{
    const uint64_t place = BASE + PLACES;
    (void)state;

    assert_refused((Elf64_Rela){place, R_X86_64_TPOFF64, 0}, ERROR_RELOCATION_TYPE);
    assert_string_equal(error.detail, "R_X86_64_TPOFF64");
    assert_refused((Elf64_Rela){place, R_X86_64_IRELATIVE, 0}, ERROR_RELOCATION_TYPE);
    assert_refused((Elf64_Rela){place, 200, 0}, ERROR_RELOCATION_TYPE);
    assert_string_equal(error.detail, "200");
    assert_refused((Elf64_Rela){place, ELF64_R_INFO(1, R_X86_64_64), 0}, ERROR_RELOCATION_SYMBOL);
    assert_refused((Elf64_Rela){place, ELF64_R_INFO(2, R_X86_64_64), 0}, ERROR_RELOCATION_TYPE);
    assert_refused((Elf64_Rela){place, ELF64_R_INFO(3, R_X86_64_64), 0}, ERROR_RELOCATION_TYPE);
    assert_refused((Elf64_Rela){place, ELF64_R_INFO(0x1000000, R_X86_64_64), 0},
                   ERROR_RELOCATION_TABLE);
    assert_refused((Elf64_Rela){BASE - 1, R_X86_64_RELATIVE, 0}, ERROR_RELOCATION_PLACE);
    assert_refused((Elf64_Rela){BASE + sizeof(bytes) - 7, R_X86_64_RELATIVE, 0},
                   ERROR_RELOCATION_PLACE);
    assert_refused((Elf64_Rela){UINT64_MAX - 3, R_X86_64_RELATIVE, 0}, ERROR_RELOCATION_PLACE);
}

/* A table of zeros without end would keep the loader busy for ever. */
static void tables_beyond_the_file_are_refused(void **state)
{
    (void)state;
    kernel.segments[0].memory_size = UINT64_C(1) << 46;
    add_tag(DT_RELA, BASE + sizeof(bytes) - 24);
    add_tag(DT_RELASZ, UINT64_C(24) << 40);
    add_tag(DT_RELAENT, 24);
    assert_false(apply());
    assert_error(&error, ERROR_RELOCATION_TABLE);
}

static void damaged_tables_are_refused(void **state)
{
    static const struct {
        int64_t tag;
        uint64_t value;
        enum error_code code;
    } cases[] = {
        {DT_NEEDED, 1, ERROR_RELOCATION_LIBRARY},  {DT_RELSZ, 16, ERROR_RELOCATION_REL},
        {DT_RELASZ, 24, ERROR_RELOCATION_TABLE}, /* without DT_RELAENT */
        {DT_PLTRELSZ, 24, ERROR_RELOCATION_TABLE}, {35, 8, ERROR_RELOCATION_TABLE},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        setup(state);
        add_tag(cases[i].tag, cases[i].value);
        assert_false(apply());
        assert_error(&error, cases[i].code);
    }
    setup(state);
    add_tag(DT_RELA, BASE + sizeof(bytes) - 16);
    add_tag(DT_RELASZ, 24);
    add_tag(DT_RELAENT, 24);
    assert_false(apply());
    assert_error(&error, ERROR_RELOCATION_TABLE);
    setup(state);
    add_tag(DT_RELA, UINT64_MAX - 8);
    add_tag(DT_RELASZ, UINT64_MAX / 24 * 24);
    add_tag(DT_RELAENT, 24);
    assert_false(apply());
    assert_error(&error, ERROR_RELOCATION_TABLE);
}

/* In the file a segment may be shorter than in memory. */
static void the_file_serves_for_checking(void **state)
{
    const Elf64_Rela relocation = {BASE + 0x1ff8, R_X86_64_RELATIVE, 0};
    struct memory_reader file;
    struct relocation_file access;
    (void)state;

    add_table(&relocation, 1);
    kernel.segments[0].file_size = 0x1000;
    memory_reader_init(&file, bytes, 0x1000);
    relocation_file_init(&access, &kernel, &file.reader);
    assert_true(relocations_apply(&kernel, &access.memory, 0, &error));
    kernel.segments[0].memory_size = 0x1000;
    assert_false(relocations_apply(&kernel, &access.memory, 0, &error));
    assert_error(&error, ERROR_RELOCATION_PLACE);
}

int main(void)
{
#define RELOCATION_TEST(function) cmocka_unit_test_setup(function, setup)
    const struct CMUnitTest tests[] = {
        RELOCATION_TEST(every_supported_type_is_applied),
        RELOCATION_TEST(relr_is_decoded),
        RELOCATION_TEST(many_relocations_are_applied),
        RELOCATION_TEST(a_kernel_without_relocations_is_left_alone),
        RELOCATION_TEST(everything_else_is_named),
        RELOCATION_TEST(tables_beyond_the_file_are_refused),
        RELOCATION_TEST(damaged_tables_are_refused),
        RELOCATION_TEST(the_file_serves_for_checking),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
