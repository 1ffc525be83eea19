/* SPDX-License-Identifier: MIT */
#include "shape.h"

BOWLINE_REQUEST(.flags = BOWLINE_REQUIRE(BOWLINE_WANT_FILE_COPY));

/* Something of every kind. It stays as it was loaded. */
static volatile uint8_t variables[100] = {1, 2, 3, 4, 5};
static volatile uint8_t zeros[9000];
static volatile uint64_t *volatile pointer = (volatile uint64_t *)(zeros + 4096);
/* Nobody refers to this: --gc-sections takes it out where it has a section of its own. */
extern uint64_t unneeded[];
uint64_t unneeded[] = {0x6e6f626f6e656564};

#ifdef BOTH_HALVES
/* Too far away for a relative address. */
__attribute__((section(".low_data"))) static volatile uint64_t low_number = 0x1122334455667788;
static volatile uint64_t *volatile low_pointer = &low_number;

__attribute__((section(".low_text"))) static uint64_t low_function(uint64_t number)
{
    return number * 3 + 1;
}
static uint64_t (*volatile low_entry)(uint64_t) = low_function;

static void check_low_half(void)
{
    EXPECT("1.1", *low_pointer == 0x1122334455667788, "the low variable is 0x%lx", *low_pointer);
    EXPECT("1.1", low_entry(5) == 16, "the low code is not right");
    CHECK((uintptr_t)low_entry < GIB);
}
#else
static void check_low_half(void)
{
}
#endif

#ifdef AT_THE_TOP
/* top.ld puts this at the end of the address space. */
__attribute__((section(".top"))) static volatile uint8_t top[0x1800] = {7, [0x17ff] = 9};

static void check_top(void)
{
    CHECK_EQUAL((uintptr_t)top, -sizeof(top));
    CHECK_EQUAL(top[0], 7);
    CHECK_EQUAL(top[sizeof(top) - 1], 9);
}
#else
static void check_top(void)
{
}
#endif

static void check_variables(void)
{
    CHECK_EQUAL(variables[4], 5);
    CHECK_EQUAL(variables[5], 0);
    CHECK_EQUAL(*pointer, 0);
    CHECK_EQUAL((uintptr_t)pointer - (uintptr_t)zeros, 4096);
}

void kernel_main(const struct bowline_info *boot);

void kernel_main(const struct bowline_info *boot)
{
    struct shape shape = {.boot = boot, .file = boot->kernel_file};

    EXPECT("2.1", shape.file != NULL, "the request has not been found");
    shape.header = (const struct file_header *)shape.file;
    shape.segments = (const struct segment *)(shape.file + shape.header->segments);
    shape.sections = (const struct section *)(shape.file + shape.header->sections);
    CHECK_EQUAL(shape.header->segment_size, sizeof(struct segment));
    CHECK_EQUAL(boot->kernel_entry, shape.header->entry + boot->kernel_slide);
    CHECK_EQUAL(boot->kernel_entry, (uintptr_t)kernel_main);

    say("shape: at 0x%lx, in memory at 0x%lx\n", boot->kernel_base, boot->kernel_phys);
    check_variables();
    check_low_half();
    check_top();
    check_memory(&shape);
    check_properties(&shape);
    pass("shape");
}
