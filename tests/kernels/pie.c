/* SPDX-License-Identifier: MIT */
/*
 * A static position-independent kernel: every address that the linker left to the loader is right,
 * constants with addresses in them are read-only, and the TLS template holds what it should.
 */
#include "library/kernel.h"
#include "library/paging.h"

/* GNU ld makes an ET_EXEC of a position-independent executable that does not begin at 0. */
#ifdef PIE_IS_EXECUTABLE
#define RELOCATED "1.9"
#else
#define RELOCATED "1.8"
#endif

/* The largest p_align. */
#ifndef PIE_ALIGNMENT
#define PIE_ALIGNMENT PAGE_SIZE
#endif

#ifdef PIE_BASE
BOWLINE_REQUEST(.kernel_base = BOWLINE_AT(PIE_BASE));
#elif defined(PIE_KASLR)
BOWLINE_REQUEST(.flags = BOWLINE_REQUIRE(BOWLINE_WANT_KASLR));
#else
BOWLINE_REQUEST(.stack_size = 16384);
#endif

static int one(void)
{
    return 1;
}

static int two(void)
{
    return 2;
}

/* RELATIVE or RELR: addresses of our own, in data and, a page full, in what is RELRO. */
static int (*volatile writable_table[])(void) = {one, two, one, two};
__attribute__((aligned(4096))) static int (*const constant_table[512])(void) = {two, one,
                                                                                [2 ... 511] = two};
static char bytes[64] = "bytes";
static char *volatile inside = bytes + 3;

/* 64 and GLOB_DAT: symbols that others can see. */
extern const uint64_t visible_value;
extern const uint64_t *volatile visible_pointer;
__attribute__((visibility("default"))) const uint64_t visible_value = 0x1234567890abcdef;
__attribute__((visibility("default"))) const uint64_t *volatile visible_pointer = &visible_value;

/* JUMP_SLOT: a function that others could replace is called through a table. */
__attribute__((visibility("default"), noinline)) int visible_function(int number);
__attribute__((visibility("default"), noinline)) int visible_function(int number)
{
    return number + 10;
}

/* A weak symbol that nobody defines has no address, wherever the kernel lies. */
extern char nowhere[] __attribute__((weak, visibility("default")));
static char *volatile weak_pointer = nowhere;

__attribute__((used, retain, aligned(64))) static __thread uint64_t thread_value = 0xfeedface;
__attribute__((used, retain)) static __thread uint64_t thread_zeros[5];

static uint64_t uninitialised[1000];

static bool is_writable(const struct bowline_info *boot, const void *address)
{
    struct mapping mapping;

    CHECK(find_mapping(boot, (uintptr_t)address, &mapping));
    return mapping.is_writable;
}

void kernel_main(const struct bowline_info *boot);

void kernel_main(const struct bowline_info *boot)
{
    uintptr_t here = (uintptr_t)kernel_main;

    promise("5.10");
    CHECK_EQUAL(boot->kernel_entry, here);
    CHECK(here >= boot->kernel_base && here - boot->kernel_base < boot->kernel_size);
    say("pie: at %lx, moved by %lx\n", boot->kernel_base, boot->kernel_slide);
    promise("1.6");
#ifdef PIE_BASE
    CHECK_EQUAL(boot->kernel_base, PIE_BASE);
#endif
    CHECK_EQUAL(boot->kernel_base, fact_number(boot, "base", boot->kernel_base));
    CHECK_EQUAL(boot->kernel_slide, fact_number(boot, "slide", boot->kernel_slide));

    promise("1.7");
    CHECK_EQUAL(boot->kernel_slide % PIE_ALIGNMENT, 0);

    promise(RELOCATED);
    for (unsigned i = 0; i < 4; i++)
        CHECK_EQUAL(writable_table[i](), i % 2 + 1);
    int (*const *table)(void) = constant_table;
    __asm__("" : "+r"(table)); /* the compiler knows what is in it, and must not use that */
    CHECK_EQUAL(table[0](), 2);
    CHECK_EQUAL(table[1](), 1);
    for (unsigned i = 2; i < 512; i++)
        CHECK_EQUAL((uintptr_t)table[i], (uintptr_t)two);
    CHECK_EQUAL(*inside, 'e');
    CHECK_EQUAL(*visible_pointer, 0x1234567890abcdef);
    CHECK_EQUAL((uintptr_t)visible_pointer, (uintptr_t)&visible_value);
    CHECK_EQUAL(visible_function(5), 15);
    CHECK_EQUAL((uintptr_t)weak_pointer, 0);
    promise("1.4");
    for (unsigned i = 0; i < 1000; i++)
        CHECK_EQUAL(uninitialised[i], 0);

    promise("4.4");
    CHECK(!is_writable(boot, constant_table));
    CHECK(is_writable(boot, uninitialised));
    CHECK(is_writable(boot, bytes));

    promise("5.22");
    /* Compilers align the rest as they like, and linkers round the size up. */
    const uint64_t tls_size = sizeof(thread_value) + sizeof(thread_zeros);
    CHECK_EQUAL(boot->tls_file_size, sizeof(thread_value));
    CHECK(boot->tls_memory_size >= tls_size && boot->tls_memory_size <= align_up(tls_size, 64));
    CHECK_EQUAL(boot->tls_alignment, 64);
    CHECK_EQUAL((uintptr_t)boot->tls_template % 64, 0);
    CHECK_EQUAL(*(const uint64_t *)boot->tls_template, 0xfeedface);
    pass("pie");
}
