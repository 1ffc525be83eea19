/* SPDX-License-Identifier: MIT */
/* Kernels that must be refused, and those that must not. */
#include "format/elf.h"

#include <stdlib.h>

#include "elf_builder.h"
#include "support.h"

static const uint64_t BASE = 0x200000;

/* Code, read-only data and data on pages of their own. */
static void make_good(struct elf_builder *elf)
{
    elf_builder_init(elf, BASE + 0x10);
    elf_builder_add(elf, BASE, 0x1800, 0x1800, PF_R | PF_X);
    elf_builder_add(elf, BASE + 0x2000, 0x100, 0x100, PF_R);
    elf_builder_add(elf, BASE + 0x3000, 0x100, 0x5000, PF_R | PF_W);
}

static bool read_bytes(const void *bytes, uint64_t size, struct elf_kernel *kernel,
                       struct error *error)
{
    struct memory_reader memory;

    memory_reader_init(&memory, bytes, size);
    return elf_read(&memory.reader, kernel, error);
}

static bool read_built(struct elf_builder *elf, struct elf_kernel *kernel, struct error *error)
{
    elf_builder_finish(elf);
    bool is_read = read_bytes(elf->bytes, elf->size, kernel, error);
    free(elf->bytes);
    return is_read;
}

static void assert_refused(struct elf_builder *elf, enum error_code code)
{
    struct elf_kernel kernel = {.segment_count = 77};
    struct error error = {0};

    assert_false(read_built(elf, &kernel, &error));
    assert_error(&error, code);
    assert_int_equal(kernel.segment_count, 77); /* untouched */
}

static void assert_accepted(struct elf_builder *elf)
{
    struct elf_kernel kernel;
    struct error error = {0};

    if (!read_built(elf, &kernel, &error))
        fail_msg("refused: %s", error_name(error.code));
}

static void a_good_kernel_is_described(void **state)
{
    struct elf_builder elf;
    struct elf_kernel kernel;
    struct error error;
    (void)state;

    make_good(&elf);
    assert_true(read_built(&elf, &kernel, &error));
    assert_int_equal(kernel.segment_count, 3);
    assert_int_equal(kernel.low, BASE);
    assert_int_equal(kernel.span, 0x8000);
    assert_int_equal(kernel.entry, BASE + 0x10);
    assert_int_equal(kernel.segments[2].memory_size, 0x5000);
    assert_int_equal(kernel.segments[2].flags, ELF_READ | ELF_WRITE);
}

static void headers_are_checked(void **state)
{
    struct elf_builder elf;
    (void)state;

#define REFUSED(change, code)                                                                      \
    make_good(&elf);                                                                               \
    change;                                                                                        \
    assert_refused(&elf, ERROR_##code)

    REFUSED(elf.header.e_ident[0] = 0x7e, ELF_NOT_ELF);
    REFUSED(elf.header.e_ident[EI_CLASS] = ELFCLASS32, ELF_NOT_64_BIT);
    REFUSED(elf.header.e_ident[EI_DATA] = ELFDATA2MSB, ELF_NOT_LITTLE_ENDIAN);
    REFUSED(elf.header.e_ident[EI_VERSION] = 2, ELF_VERSION);
    REFUSED(elf.header.e_version = 0, ELF_VERSION);
    REFUSED(elf.header.e_machine = EM_AARCH64, ELF_MACHINE);
    REFUSED(elf.header.e_type = ET_REL, ELF_RELOCATABLE);
    REFUSED(elf.header.e_type = ET_CORE, ELF_TYPE);
    REFUSED(elf.header.e_phentsize = 32, ELF_HEADER_SIZE);
    REFUSED(elf.header.e_phnum = 0, ELF_NO_SEGMENTS);
    REFUSED(elf.header.e_phnum = 0xffff, ELF_TOO_MANY_HEADERS);
    REFUSED(elf.header.e_phoff = UINT64_MAX - 8, ELF_TRUNCATED);
    REFUSED(elf.header.e_phoff = elf.end - 8, ELF_TRUNCATED);
    REFUSED(elf.header.e_entry = BASE + 0x2000, ELF_ENTRY);
    REFUSED(elf.header.e_entry = BASE + 0x1800, ELF_ENTRY);
    REFUSED(elf.header.e_entry = BASE - 1, ELF_ENTRY);
    REFUSED(elf.segments[1].p_type = PT_DYNAMIC, ELF_RANGE_OUTSIDE);
    REFUSED(elf.segments[1].p_type = PT_TLS, ELF_RANGE_OUTSIDE);
}

static void segments_are_checked(void **state)
{
    struct elf_builder elf;
    (void)state;

    REFUSED(elf.segments[0].p_filesz = 0x1801, ELF_SEGMENT_SIZES);
    REFUSED(elf.segments[2].p_offset = elf.end - 0xff, ELF_TRUNCATED);
    REFUSED(elf.segments[2].p_offset = UINT64_MAX, ELF_TRUNCATED);
    REFUSED(elf.segments[2].p_memsz = UINT64_MAX, ELF_SEGMENT_WRAPS);
    REFUSED(elf.segments[2].p_vaddr = UINT64_MAX - 0x4ffe, ELF_SEGMENT_WRAPS);
    REFUSED(elf.segments[2].p_vaddr = 0x0100000000000000, ELF_SEGMENT_NOT_CANONICAL);
    REFUSED(elf.segments[2].p_vaddr = 0x00fffffffffff000, ELF_SEGMENT_NOT_CANONICAL);
    REFUSED(elf.segments[2].p_vaddr = 0xfeffffffffffffff, ELF_SEGMENT_NOT_CANONICAL);
    REFUSED(elf.segments[2].p_vaddr = 0xfff, ELF_SEGMENT_AT_ZERO);
    REFUSED(elf.segments[2].p_align = 3, ELF_SEGMENT_ALIGNMENT);
    REFUSED(elf.segments[2].p_vaddr = BASE + 0x17ff, ELF_SEGMENTS_OVERLAP);
    REFUSED(elf.segments[2].p_flags |= PF_X, ELF_SEGMENT_WRITE_EXECUTE);
    REFUSED(elf.segments[2].p_vaddr = BASE + 0x1800, ELF_PAGE_WRITE_EXECUTE);
}

static void a_page_of_three_segments_is_checked(void **state)
{
    struct elf_builder elf;
    (void)state;

    elf_builder_init(&elf, BASE);
    elf_builder_add(&elf, BASE, 0x100, 0x100, PF_R | PF_X);
    elf_builder_add(&elf, BASE + 0x100, 0x100, 0x100, PF_R);
    elf_builder_add(&elf, BASE + 0x200, 0x100, 0x100, PF_R | PF_W);
    assert_refused(&elf, ERROR_ELF_PAGE_WRITE_EXECUTE);
}

static void the_edges_of_the_address_space_are_fine(void **state)
{
    struct elf_builder elf;
    (void)state;

    elf_builder_init(&elf, 0x1000);
    elf_builder_add(&elf, 0x1000, 0x1000, 0x1000, PF_R | PF_X);
    elf_builder_add(&elf, 0x7ffffffff000, 0x1000, 0x1000, PF_R);
    elf_builder_add(&elf, 0xffff800000000000, 0x1000, 0x1000, PF_R);
    elf_builder_add(&elf, 0xfffffffffffff000, 0x1000, 0x1000, PF_R | PF_W);
    assert_accepted(&elf);
}

static void odd_but_harmless_headers_are_fine(void **state)
{
    struct elf_builder elf;
    (void)state;

#define ACCEPTED(change)                                                                           \
    make_good(&elf);                                                                               \
    change;                                                                                        \
    assert_accepted(&elf)

    ACCEPTED(elf.segments[0].p_align = 0);
    ACCEPTED((elf.segments[1].p_memsz = 0, elf.segments[1].p_filesz = 0));
    ACCEPTED((elf.segments[1].p_type = PT_DYNAMIC, elf.segments[1].p_memsz = 0));
    ACCEPTED(elf.segments[1].p_type = PT_NULL);
    ACCEPTED(elf.header.e_shoff = UINT64_MAX);
    ACCEPTED((elf.header.e_shoff = 8, elf.header.e_shnum = 0xffff, elf.header.e_shentsize = 64));
}

static void segments_come_out_sorted(void **state)
{
    struct elf_builder elf;
    struct elf_kernel kernel;
    struct error error;
    (void)state;

    elf_builder_init(&elf, BASE);
    elf_builder_add(&elf, BASE + 0x2000, 0x10, 0x10, PF_R);
    elf_builder_add(&elf, BASE + 0x1000, 0x10, 0x10, PF_R | PF_W);
    elf_builder_add(&elf, BASE, 0x10, 0x10, PF_R | PF_X);
    assert_true(read_built(&elf, &kernel, &error));
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(kernel.segments[i].address, BASE + 0x1000 * i);
        assert_int_equal(kernel.segments[i].index, 2 - i);
    }
}

static void a_movable_kernel_in_both_halves_is_refused(void **state)
{
    struct elf_builder elf;
    (void)state;

    elf_builder_init(&elf, 0);
    elf.header.e_type = ET_DYN;
    elf_builder_add(&elf, 0, 0x1000, 0x1000, PF_R | PF_X);
    elf_builder_add(&elf, 0xfffffffffffff000, 0x1000, 0x1000, PF_R | PF_W);
    assert_refused(&elf, ERROR_ELF_BOTH_HALVES);
    elf_builder_init(&elf, 0);
    elf.header.e_type = ET_DYN;
    elf_builder_add(&elf, 0, 0x1000, 0x1000, PF_R | PF_X);
    assert_accepted(&elf);
}

static void too_many_headers_are_refused(void **state)
{
    struct elf_builder elf;
    (void)state;

    elf_builder_init(&elf, BASE);
    for (unsigned i = 0; i < ELF_SEGMENTS_MAX; i++)
        elf_builder_add(&elf, BASE + 0x1000 * i, 1, 1, PF_R | PF_X);
    assert_accepted(&elf);
    elf_builder_init(&elf, BASE);
    for (unsigned i = 0; i <= ELF_SEGMENTS_MAX; i++)
        elf_builder_add(&elf, BASE + 0x1000 * i, 1, 1, PF_R | PF_X);
    assert_refused(&elf, ERROR_ELF_TOO_MANY_HEADERS);
    elf_builder_init(&elf, BASE);
    for (unsigned i = 0; i <= ELF_HEADERS_MAX; i++)
        elf_builder_add(&elf, BASE, 0, 0, PF_R);
    assert_refused(&elf, ERROR_ELF_TOO_MANY_HEADERS);
}

/* Cut at every byte of its headers, and at each segment's last byte, a file is refused. */
static void truncated_files_are_refused(void **state)
{
    struct elf_builder elf;
    struct elf_kernel kernel;
    struct error error = {0};
    (void)state;

    make_good(&elf);
    elf_builder_finish(&elf);
    uint64_t headers = sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Phdr);
    assert_false(read_bytes(elf.bytes, 0, &kernel, &error));
    assert_error(&error, ERROR_ELF_EMPTY);
    for (uint64_t size = 1; size < headers; size++) {
        assert_false(read_bytes(elf.bytes, size, &kernel, &error));
        assert_error(&error, ERROR_ELF_TRUNCATED);
    }
    for (unsigned i = 0; i < 3; i++) {
        uint64_t end = elf.segments[i].p_offset + elf.segments[i].p_filesz;
        assert_false(read_bytes(elf.bytes, end - 1, &kernel, &error));
        assert_error(&error, ERROR_ELF_TRUNCATED);
    }
    assert_true(read_bytes(elf.bytes, elf.size, &kernel, &error));
    free(elf.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_kernel_is_described),
        cmocka_unit_test(headers_are_checked),
        cmocka_unit_test(segments_are_checked),
        cmocka_unit_test(a_page_of_three_segments_is_checked),
        cmocka_unit_test(the_edges_of_the_address_space_are_fine),
        cmocka_unit_test(odd_but_harmless_headers_are_fine),
        cmocka_unit_test(segments_come_out_sorted),
        cmocka_unit_test(a_movable_kernel_in_both_halves_is_refused),
        cmocka_unit_test(too_many_headers_are_refused),
        cmocka_unit_test(truncated_files_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
