/* SPDX-License-Identifier: MIT */
/* The whole story of a boot, for kernels that ask for something or are out of the ordinary. */
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "boot_fixture.h"
#include "memory/page_tables.h"

static void requests_are_honoured(void **state)
{
    struct fixture *fixture = *state;
    struct bowline_request *request = &fixture->note.request;

    request->stack_size = 100000;
    request->direct_map = (struct bowline_placement)BOWLINE_AT(0xffffc00000000000);
    request->stack = (struct bowline_placement)BOWLINE_AT(0x7fff00000000);
    boot_or_fail(fixture);
    const struct bowline_info *info = info_of(fixture);
    assert_int_equal(info->direct_map, 0xffffc00000000000);
    assert_int_equal(info->stack_base, 0x7fff00000000);
    assert_int_equal(info->stack_size, 25 * PAGE_SIZE);
}

static void the_kernels_file_is_copied(void **state)
{
    struct fixture *fixture = *state;

    fixture->note.request.flags = BOWLINE_WANT_FILE_COPY;
    boot_or_fail(fixture);
    const struct bowline_info *info = info_of(fixture);
    uint64_t address = (uintptr_t)info->kernel_file;
    assert_int_equal(info->kernel_file_size, fixture->elf.size);
    for (uint64_t i = 0; i < fixture->elf.size; i++)
        assert_int_equal(*(const uint8_t *)see(fixture, address + i), fixture->elf.bytes[i]);
    assert_int_equal(flags_at(fixture, address), MAP_READ_ONLY);
}

/* With memory for the kernel but not for a copy of its file: a wish gives way, a requirement not.
 */
static void a_copy_that_does_not_fit_is_a_matter_of_wish_or_need(void **state)
{
    struct fixture *fixture = *state;

    fixture->note.request.flags = BOWLINE_WANT_FILE_COPY;
    fixture->machine.region_count = 0;
    host_machine_add_region(&fixture->machine, 1 * MIB, 6 * MIB, BOWLINE_MEMORY_USABLE);
    elf_builder_init(&fixture->elf, 0x400000);
    elf_builder_add(&fixture->elf, 0x400000, 4 * MIB, 4 * MIB, PF_R | PF_X);
    elf_builder_add_note(&fixture->elf, &fixture->note, sizeof(fixture->note));
    elf_builder_finish(&fixture->elf);
    boot_or_fail(fixture);
    assert_null(info_of(fixture)->kernel_file);
    assert_int_equal(info_of(fixture)->kernel_file_size, 0);

    host_machine_release(&fixture->machine);
    free(fixture->elf.bytes);
    struct host_machine fresh = {.has_long_mode = true, .has_nx = true, .memory_size = 64 * MIB};
    fixture->machine = fresh;
    host_machine_add_region(&fixture->machine, 1 * MIB, 6 * MIB, BOWLINE_MEMORY_USABLE);
    fixture->note.request.flags = BOWLINE_REQUIRE(BOWLINE_WANT_FILE_COPY);
    elf_builder_init(&fixture->elf, 0x400000);
    elf_builder_add(&fixture->elf, 0x400000, 4 * MIB, 4 * MIB, PF_R | PF_X);
    elf_builder_add_note(&fixture->elf, &fixture->note, sizeof(fixture->note));
    elf_builder_finish(&fixture->elf);
    assert_int_equal(start(fixture), HOST_GAVE_UP);
}

static void the_recursive_slot_shows_the_tables(void **state)
{
    struct fixture *fixture = *state;

    fixture->note.request.flags = BOWLINE_REQUIRE(BOWLINE_WANT_RECURSIVE_PAGE_TABLE);
    boot_or_fail(fixture);
    uint64_t index = info_of(fixture)->recursive_index, root = resident_of(fixture)->root;
    assert_in_range(index, 1, 511);
    const uint64_t *entries = (const void *)(fixture->machine.memory + root);
    assert_int_equal(entries[index], root | 3 | UINT64_C(1) << 63);
}

static void randomisation_needs_a_source_to_be_strong(void **state)
{
    struct fixture *fixture = *state;

    fixture->note.request.flags = BOWLINE_REQUIRE(BOWLINE_WANT_KASLR);
    boot_or_fail(fixture);
    uint64_t stack = info_of(fixture)->stack_base;
    assert_int_equal(info_of(fixture)->flags & BOWLINE_IS_ENTROPY_STRONG, 0);
    assert_int_not_equal(info_of(fixture)->entropy[0], info_of(fixture)->entropy[1]);

    host_machine_release(&fixture->machine);
    host_machine_init(&fixture->machine, 64 * MIB);
    fixture->machine.random = 12345;
    boot_or_fail(fixture);
    assert_int_not_equal(info_of(fixture)->stack_base, stack);
    assert_int_equal(info_of(fixture)->flags & BOWLINE_IS_ENTROPY_STRONG,
                     BOWLINE_IS_ENTROPY_STRONG);
}

static void kernels_in_both_halves_load(void **state)
{
    struct fixture *fixture = *state;

    elf_builder_init(&fixture->elf, 0x100000);
    elf_builder_add(&fixture->elf, 0x100000, 0x1000, 0x1000, PF_R | PF_X);
    elf_builder_add(&fixture->elf, 0xfffffffffffff000, 0x1000, 0x1000, PF_R | PF_W);
    elf_builder_finish(&fixture->elf);
    boot_or_fail(fixture);
    assert_int_equal(info_of(fixture)->kernel_phys, 0);
    assert_int_equal(*(const uint8_t *)see(fixture, 0xffffffffffffffff),
                     elf_builder_byte(fixture->elf.segments[1].p_offset + 0xfff));
    assert_int_equal(flags_at(fixture, 0x101000), UNMAPPED);
}

/* RELRO that begins or ends in the midst of a page protects the whole pages inside it. */
static void relro_protects_whole_pages(void **state)
{
    static const struct {
        uint64_t start, size;
        unsigned first, end; /* pages that are read-only */
    } cases[] = {
        {0x0, 0x4000, 0, 4},    {0x0, 0x10000, 0, 4},  {0x0, 0xfff, 0, 0},
        {0x0, 0x1000, 0, 1},    {0x1, 0x3fff, 1, 4},   {0x1001, 0xffe, 0, 0},
        {0x1000, 0x2001, 1, 3}, {0x3001, 0xfff, 0, 0}, {0x3000, UINT64_MAX - 0x3000, 3, 4},
    };

    for (unsigned top = 0; top < 2; top++) { /* the second time the segment ends at 2^64 */
        uint64_t base = top ? UINT64_MAX - 0x3fff : 0x400000;

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
            struct fixture *fixture;

            teardown(state);
            setup(state);
            fixture = *state;
            elf_builder_init(&fixture->elf, base - 0x10000);
            elf_builder_add(&fixture->elf, base - 0x10000, 0x1000, 0x1000, PF_R | PF_X);
            elf_builder_add(&fixture->elf, base, 0x1000, 0x4000, PF_R | PF_W);
            Elf64_Phdr *relro = elf_builder_add(&fixture->elf, base + cases[i].start, 0, 0, PF_R);
            relro->p_type = PT_GNU_RELRO;
            relro->p_memsz = cases[i].size;
            elf_builder_finish(&fixture->elf);
            boot_or_fail(fixture);
            for (unsigned page = 0; page < 4; page++)
                assert_int_equal(flags_at(fixture, base + page * PAGE_SIZE),
                                 page >= cases[i].first && page < cases[i].end ? MAP_READ_ONLY
                                                                               : MAP_WRITE);
        }
    }
}

static void segments_may_share_a_page(void **state)
{
    struct fixture *fixture = *state;

    elf_builder_init(&fixture->elf, 0x200000);
    elf_builder_add(&fixture->elf, 0x200000, 0x1000, 0x1000, PF_R | PF_X);
    elf_builder_add(&fixture->elf, 0x201000, 0x1800, 0x1900, PF_R);
    elf_builder_add(&fixture->elf, 0x202900, 0x100, 0x200, PF_R | PF_W);
    elf_builder_finish(&fixture->elf);
    boot_or_fail(fixture);
    assert_int_equal(flags_at(fixture, 0x201000), MAP_READ_ONLY);
    assert_int_equal(flags_at(fixture, 0x202000), MAP_WRITE);
    const Elf64_Phdr *segments = fixture->elf.segments;
    assert_int_equal(*(const uint8_t *)see(fixture, 0x2027ff),
                     elf_builder_byte(segments[1].p_offset + 0x17ff));
    assert_int_equal(*(const uint8_t *)see(fixture, 0x202800), 0);
    assert_int_equal(*(const uint8_t *)see(fixture, 0x202900),
                     elf_builder_byte(segments[2].p_offset));
    assert_int_equal(*(const uint8_t *)see(fixture, 0x202a00), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOOT_TEST(requests_are_honoured),
        BOOT_TEST(the_kernels_file_is_copied),
        BOOT_TEST(a_copy_that_does_not_fit_is_a_matter_of_wish_or_need),
        BOOT_TEST(the_recursive_slot_shows_the_tables),
        BOOT_TEST(randomisation_needs_a_source_to_be_strong),
        BOOT_TEST(kernels_in_both_halves_load),
        BOOT_TEST(relro_protects_whole_pages),
        BOOT_TEST(segments_may_share_a_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
