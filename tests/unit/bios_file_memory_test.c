/* SPDX-License-Identifier: MIT */
/* Stage 3 has memory for a file that grows, between its tables and what the core has claimed. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/units.h"
#include "console/log.h"
#include "cpu/cpu.h"
#include "fake_bios.h"
#include "firmware/memory.h"
#include "stage3/bios.h"
#include "stage3/identity_map.h"
#include "support.h"

enum { TABLES = 2, MAPPED = 32 * MIB };

static struct memory_report report;

uint64_t identity_map_table_size(const struct memory_report *memory)
{
    assert_ptr_equal(memory, &report);
    return TABLES * PAGE_SIZE;
}

void identity_map_start(struct range tables)
{
    assert_int_equal(tables.length, TABLES * PAGE_SIZE);
}

bool identity_map_reach(uint64_t phys, uint64_t length)
{
    (void)phys;
    (void)length;
    return true;
}

/* What stops the loader is not asked for here. */
void log_message(enum log_level level, const char *format, ...)
{
    (void)level;
    fail_msg("%s", format);
}

void cpu_halt(void)
{
    abort();
}

static void answer(struct bios_call *call)
{
    assert_int_equal(call->interrupt, 0x12);
    call->eax = 639;
}

/* RAM: 1 MiB to 8, 9 to 32. Its addresses are those that the code uses. */
static int start(void **state)
{
    (void)state;
    fake_service = answer;
    report = (struct memory_report){
        .count = 4,
        .entries =
            {
                {9 * MIB, MAPPED - 9 * MIB, E820_USABLE, 1},
                {0, 0x9fc00, E820_USABLE, 1},
                {8 * MIB, 1 * MIB, E820_RESERVED, 1},
                {1 * MIB, 7 * MIB, E820_USABLE, 1},
            },
    };
    void *memory = mmap((void *)MIB, MAPPED - MIB, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    memory_start(&report);
    return memory == (void *)MIB ? 0 : -1;
}

static uint64_t resize(uint64_t size)
{
    return (uintptr_t)memory_resize_file(size);
}

/* What the core sees as taken, beside low memory and the tables. */
static uint64_t taken(void)
{
    struct firmware_memory_map map;
    struct error error;

    assert_true(firmware_read_memory_map(&map, &error));
    assert_int_equal(map.count, report.count + 3);
    assert_int_equal(map.regions[report.count + 2].kind, BOWLINE_MEMORY_LOADER_RECLAIMABLE);
    return map.regions[report.count + 2].length;
}

/* One after the other: what has been claimed stays so. */
static void test_file_memory(void **state)
{
    const uint64_t first = 1 * MIB + TABLES * PAGE_SIZE, second = 9 * MIB;
    uint32_t random = 3, again = 3;

    (void)state;
    assert_int_equal(taken(), 0);
    assert_int_equal(resize(1), first);
    assert_int_equal(taken(), PAGE_SIZE);
    assert_false(firmware_claim_pages(first, 1));
    assert_int_equal(resize(5 * MIB), first); /* in its place */
    for (uint64_t i = 0; i < 5 * MIB; i++)
        ((uint8_t *)first)[i] = (uint8_t)next_random(&random);
    assert_int_equal(resize(8 * MIB), second); /* which moves it */
    for (uint64_t i = 0; i < 5 * MIB; i++)
        assert_int_equal(((uint8_t *)second)[i], (uint8_t)next_random(&again));
    assert_int_equal(taken(), 8 * MIB);
    assert_true(firmware_claim_pages(first, 1));
    assert_int_equal(resize(0), 0);
    assert_int_equal(taken(), 0);
}

static void test_below_what_is_claimed(void **state)
{
    (void)state;
    /* The last test has claimed the lowest page that there is. */
    assert_int_equal(resize(1), 0);
    assert_int_equal(resize(UINT64_MAX), 0);
    assert_int_equal(taken(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_memory),
        cmocka_unit_test(test_below_what_is_claimed),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
