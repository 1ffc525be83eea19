/* SPDX-License-Identifier: MIT */
#include "format/symbols.h"

#include <elf.h>
#include <string.h>

#include "support.h"

static struct {
    Elf64_Shdr sections[4];
    Elf64_Sym symbols[3];
    char strings[16];
} file;

static struct elf_kernel kernel;
static struct elf_symbols found;
static struct error error;

static int setup(void **state)
{
    (void)state;
    memset(&file, 0, sizeof(file));
    file.sections[1] = (Elf64_Shdr){.sh_type = SHT_PROGBITS, .sh_offset = UINT64_MAX};
    file.sections[2] = (Elf64_Shdr){.sh_type = SHT_SYMTAB,
                                    .sh_offset = offsetof(__typeof__(file), symbols),
                                    .sh_size = sizeof(file.symbols),
                                    .sh_link = 3};
    file.sections[3] = (Elf64_Shdr){.sh_type = SHT_STRTAB,
                                    .sh_offset = offsetof(__typeof__(file), strings),
                                    .sh_size = sizeof(file.strings)};
    kernel = (struct elf_kernel){.section_headers = 0, .section_header_count = 4};
    return 0;
}

static bool find(void)
{
    struct memory_reader memory;

    memory_reader_init(&memory, &file, sizeof(file));
    return symbols_find(&memory.reader, &kernel, &found, &error);
}

static void both_tables_are_found(void **state)
{
    (void)state;
    assert_true(find());
    assert_int_equal(found.symbols, offsetof(__typeof__(file), symbols));
    assert_int_equal(found.symbols_size, sizeof(file.symbols));
    assert_int_equal(found.strings, offsetof(__typeof__(file), strings));
    assert_int_equal(found.strings_size, sizeof(file.strings));
    file.sections[2].sh_size -= 5; /* half a symbol is none */
    assert_true(find());
    assert_int_equal(found.symbols_size, 2 * sizeof(Elf64_Sym));
}

static void assert_none(void)
{
    assert_true(find());
    assert_int_equal(found.symbols_size, 0);
    assert_int_equal(found.strings_size, 0);
    setup(NULL);
}

static void damaged_tables_are_left_out(void **state)
{
    (void)state;
    kernel.section_header_count = 0;
    assert_none();
    file.sections[2].sh_type = SHT_NULL;
    assert_none();
    file.sections[2].sh_link = 4;
    assert_none();
    file.sections[2].sh_size = UINT64_MAX;
    assert_none();
    file.sections[2].sh_offset = UINT64_MAX;
    assert_none();
    file.sections[3].sh_size = 0;
    assert_none();
    file.sections[3].sh_offset = sizeof(file) - 3;
    assert_none();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(both_tables_are_found, setup),
        cmocka_unit_test_setup(damaged_tables_are_left_out, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
