/* SPDX-License-Identifier: MIT */
/* Reports of kernels at the edges: what is in them is whole, in order, and the same each time. */
#include "kernel/kernel_report.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "elf_builder.h"
#include "support.h"

#define TOP UINT64_C(0xffffffffffff0000)

static struct kernel_report report; /* large */

/* Takes the file from the builder. */
static void make(struct elf_builder *elf, const struct kernel_report_options *options)
{
    struct memory_reader memory;
    struct error error = {0};

    elf_builder_finish(elf);
    memory_reader_init(&memory, elf->bytes, elf->size);
    bool is_made = kernel_report_make(&memory.reader, -1, options, &report, &error);
    free(elf->bytes);
    if (!is_made)
        fail_msg("no report: %s", error_name(error.code));
    if (report.error.code != ERROR_NONE)
        fail_msg("refused: %s", error_name(report.error.code));
}

/* Areas ascend and do not overlap; the last one may end at 2^64. */
static void check_order(const struct kernel_plan *plan)
{
    uint64_t next = PAGE_SIZE;

    assert_true(plan->is_made);
    for (size_t i = 0; i < plan->area_count; i++) {
        const struct kernel_area *area = &plan->areas[i];

        assert_true(area->size > 0);
        assert_true(is_aligned(area->start | area->size, PAGE_SIZE));
        assert_true(next != 0 && area->start >= next);
        next = area->start + area->size;
        assert_true(next > area->start || next == 0);
        assert_true((area->access == 0) == (area->kind == KERNEL_AREA_GUARD));
    }
}

/* Pages of the kernel with this access. */
static uint64_t kernel_bytes(const struct kernel_plan *plan, unsigned access)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < plan->area_count; i++)
        if (plan->areas[i].kind == KERNEL_AREA_KERNEL && plan->areas[i].access == access)
            bytes += plan->areas[i].size;
    return bytes;
}

static const struct kernel_report_options none;

static void test_up_to_the_end_of_the_address_space(void **state)
{
    struct elf_builder elf;

    (void)state;
    elf_builder_init(&elf, TOP);
    elf_builder_add(&elf, TOP, 0x1000, 0x1000, PF_R | PF_X);
    elf_builder_add(&elf, TOP + 0x4000, 0x1000, 0xc000, PF_R | PF_W);
    make(&elf, &none);
    check_order(&report.plan);
    assert_int_equal(kernel_bytes(&report.plan, ELF_READ | ELF_EXECUTE), 0x1000);
    assert_int_equal(kernel_bytes(&report.plan, ELF_READ | ELF_WRITE), 0xc000);
    assert_int_equal(report.waste.memory_gaps, 0x3000);
    assert_int_equal(report.plan.kernel_memory, 0x10000);
    assert_string_equal(report.plan.areas[report.plan.area_count - 1].name, "segment 1");
}

/* Three segments in one page: it is listed once, with the permissions of all. */
static void test_a_page_of_many(void **state)
{
    struct elf_builder elf;

    (void)state;
    elf_builder_init(&elf, 0x200000);
    elf_builder_add(&elf, 0x200000, 0x10, 0x10, PF_R | PF_X);
    elf_builder_add(&elf, 0x200800, 0x10, 0x10, PF_R);
    elf_builder_add(&elf, 0x200c00, 0x10, 0x10, PF_R | PF_X);
    elf_builder_add(&elf, 0x201000, 0x10, 0x10, PF_R);
    elf_builder_add(&elf, 0x201800, 0x10, 0x1000, PF_R | PF_W);
    make(&elf, &none);
    check_order(&report.plan);
    assert_int_equal(kernel_bytes(&report.plan, ELF_READ | ELF_EXECUTE), 0x1000);
    assert_int_equal(kernel_bytes(&report.plan, ELF_READ | ELF_WRITE), 0x2000);
    assert_int_equal(kernel_bytes(&report.plan, ELF_READ), 0);
    assert_int_equal(report.waste.memory_gaps, 0);
}

static void test_moved(void **state)
{
    struct elf_builder elf;

    (void)state;
    elf_builder_init(&elf, 0x1000);
    elf.header.e_type = ET_DYN;
    elf_builder_add(&elf, 0x1000, 0x10, 0x10, PF_R | PF_X);
    make(&elf, &none);
    check_order(&report.plan);
    assert_int_equal(report.plan.areas[0].choice, KERNEL_CHOICE_LOADER);
    assert_int_equal(report.plan.entry, 0x1000 + report.plan.slide);
    assert_int_equal(report.plan.areas[0].start, 0x1000 + report.plan.slide);
}

/* Nothing of a report depends on what was reported before. */
static void test_the_same_again(void **state)
{
    static struct kernel_report first;
    const uint64_t sizes[] = {10000, 0, 5};
    const struct kernel_report_options options = {
        .memory = 8 * GIB, .module_count = COUNT_OF(sizes), .module_sizes = sizes};

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        struct elf_builder elf;

        elf_builder_init(&elf, 0x200000);
        elf_builder_add(&elf, 0x200000, 0x2000, 0x2000, PF_R | PF_X);
        make(&elf, i == 1 ? &none : &options);
        check_order(&report.plan);
        if (i == 0)
            first = report;
    }
    assert_memory_equal(&first, &report, sizeof(report));
    assert_int_equal(report.plan.memory, 8 * GIB);
}

/* Whatever one byte of its headers is, a kernel gets a report, and nothing is read beside it. */
static void test_damaged(void **state)
{
    (void)state;
    for (unsigned place = 0; place < sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Phdr); place++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            struct memory_reader memory;
            struct elf_builder elf;
            struct error error = {0};

            elf_builder_init(&elf, 0x200000);
            elf_builder_add(&elf, 0x200000, 0x20, 0x20, PF_R | PF_X);
            elf_builder_add(&elf, 0x201000, 0x20, 0x20, PF_R);
            elf_builder_add(&elf, 0x202000, 0x20, 0x2000, PF_R | PF_W);
            elf_builder_finish(&elf);
            elf.bytes[place] ^= (uint8_t)(1 << bit);
            memory_reader_init(&memory, elf.bytes, elf.size);
            if (!kernel_report_make(&memory.reader, -1, &none, &report, &error))
                fail_msg("byte %u, bit %u: %s", place, bit, error_name(error.code));
            assert_true((report.error.code == ERROR_NONE) == (report.cures.count == 0));
            if (report.plan.is_made)
                check_order(&report.plan);
            free(elf.bytes);
        }
    }
}

static void test_names(void **state)
{
    (void)state;
    for (enum kernel_area_kind kind = 0; kind <= KERNEL_AREA_FILE; kind++)
        assert_non_null(kernel_area_kind_name(kind));
    for (enum kernel_choice choice = 0; choice <= KERNEL_CHOICE_RANDOM; choice++)
        assert_non_null(kernel_choice_name(choice));
    for (unsigned bit = 0; bit < 7; bit++)
        assert_non_null(kernel_flag_name(UINT64_C(1) << bit));
    assert_null(kernel_flag_name(UINT64_C(1) << 7));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_up_to_the_end_of_the_address_space),
        cmocka_unit_test(test_a_page_of_many),
        cmocka_unit_test(test_moved),
        cmocka_unit_test(test_the_same_again),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
