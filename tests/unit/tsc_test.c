/* SPDX-License-Identifier: MIT */
/* The frequency of the time stamp counter, on a processor that is told what to say. */
#include "boot/tsc.h"

#include <string.h>

#include "base/bytes.h"
#include "cpu/cpu.h"
#include "firmware/memory.h"
#include "unit.h"

enum { RSDP = 0x100, RSDT = 0x400, FADT = 0x800, PORT = 0x608 };

static uint8_t memory[0x1000];
static bool is_virtual;
static struct cpuid maximum_leaf, ratio, hypervisor_maximum, hypervisor;
static uint64_t tsc;
static uint32_t ticks;

struct cpuid cpu_id(uint32_t leaf, uint32_t subleaf)
{
    (void)subleaf;
    switch (leaf) {
    case 0:
        return maximum_leaf;
    case 0x15:
        return ratio;
    case 0x40000000:
        return hypervisor_maximum;
    case 0x40000010:
        return hypervisor;
    default:
        fail_msg("leaf %x", leaf);
        return (struct cpuid){0};
    }
}

bool cpu_is_virtual(void)
{
    return is_virtual;
}

uint64_t cpu_read_tsc(void)
{
    return tsc;
}

uint32_t cpu_in32(uint16_t port)
{
    assert_int_equal(port, PORT);
    return ticks;
}

void *firmware_memory(uint64_t phys, uint64_t length)
{
    assert_true(phys + length <= sizeof(memory));
    return memory + phys;
}

static int setup(void **state)
{
    (void)state;
    memset(memory, 0, sizeof(memory));
    store_le32(memory + RSDP + 16, RSDT);
    store_le32(memory + RSDT + 4, 40);
    store_le32(memory + RSDT + 36, FADT);
    memcpy(memory + FADT, "FACP", 4);
    store_le32(memory + FADT + 4, 116);
    store_le32(memory + FADT + 76, PORT);
    memory[FADT + 91] = 4;
    is_virtual = false;
    maximum_leaf = ratio = hypervisor_maximum = hypervisor = (struct cpuid){0};
    tsc = 1000000;
    ticks = 0xfffff0; /* about to go round */
    return 0;
}

static void the_processor_is_asked_first(void **state)
{
    struct tsc_clock clock;
    (void)state;

    maximum_leaf.eax = 0x15;
    ratio = (struct cpuid){.eax = 2, .ebx = 168, .ecx = 25000000};
    tsc_clock_start(&clock, RSDP);
    assert_int_equal(clock.hz, 2100000000);
    tsc += 5;
    tsc_clock_sample(&clock);
    assert_int_equal(clock.hz, 2100000000);
}

static void then_the_hypervisor(void **state)
{
    struct tsc_clock clock;
    (void)state;

    is_virtual = true;
    hypervisor_maximum.eax = 0x40000010;
    hypervisor.eax = 3000123;
    tsc_clock_start(&clock, RSDP);
    assert_int_equal(clock.hz, 3000123000);
}

static void pass_time(struct tsc_clock *clock, uint64_t milliseconds)
{
    ticks = (uint32_t)(ticks + milliseconds * 3579545 / 1000);
    tsc += milliseconds * 2500000; /* 2.5 GHz */
    tsc_clock_sample(clock);
}

static void assert_about(uint64_t hz, uint64_t expected)
{
    assert_in_range(hz, expected - expected / 1000, expected + expected / 1000);
}

static void then_it_is_measured(void **state)
{
    struct tsc_clock clock;
    (void)state;

    tsc_clock_start(&clock, RSDP);
    assert_int_equal(clock.hz, 0);
    pass_time(&clock, 0); /* too short to tell */
    assert_int_equal(clock.hz, 0);
    pass_time(&clock, 6000); /* the timer goes round: the counter looks faster */
    assert_true(clock.hz > 5000000000);
    pass_time(&clock, 20);
    assert_about(clock.hz, 2500000000);
    pass_time(&clock, 9000);
    assert_about(clock.hz, 2500000000);
}

static void or_it_stays_unknown(void **state)
{
    struct tsc_clock clock;
    (void)state;

    tsc_clock_start(&clock, 0);
    pass_time(&clock, 20);
    assert_int_equal(clock.hz, 0);
    memory[FADT + 91] = 0;
    tsc_clock_start(&clock, RSDP);
    pass_time(&clock, 20);
    assert_int_equal(clock.hz, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_processor_is_asked_first, setup),
        cmocka_unit_test_setup(then_the_hypervisor, setup),
        cmocka_unit_test_setup(then_it_is_measured, setup),
        cmocka_unit_test_setup(or_it_stays_unknown, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
