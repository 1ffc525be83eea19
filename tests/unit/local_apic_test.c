/* SPDX-License-Identifier: MIT */
/* The local APIC at the hand-over, against one that is simulated: by MSRs, and by memory. */
#include "cpu/local_apic.h"

#include <string.h>

#include "cpu/cpu.h"
#include "support.h"

enum {
    VERSION = 0x30,
    TASK_PRIORITY = 0x80,
    EOI = 0xb0,
    IN_SERVICE = 0x100,
    REQUESTED = 0x200,
    CMCI = 0x2f0,
    TIMER = 0x320,
    THERMAL = 0x330,
    PERFORMANCE = 0x340,
    LINT0 = 0x350,
    LINT1 = 0x360,
    ERROR_ENTRY = 0x370,
    INITIAL_COUNT = 0x380,
    MASKED = 1 << 16,
};

static struct {
    bool is_there, is_enabled, is_x2apic;
    uint32_t endless; /* a vector that is requested again as soon as it is acknowledged */
    unsigned accepted, acknowledged;
} apic;
static _Alignas(4096) uint32_t registers[4096 / 4];
static struct error error;

static uint32_t *at(uint32_t offset)
{
    return &registers[offset / 4];
}

static void request(uint32_t vector)
{
    *at(REQUESTED + 16 * (vector / 32)) |= UINT32_C(1) << vector % 32;
}

struct cpuid cpu_id(uint32_t leaf, uint32_t subleaf)
{
    (void)subleaf;
    return (struct cpuid){.edx = leaf == 1 && apic.is_there ? 1 << 9 : 0};
}

/* The row's highest vector, which is taken out of it; 0: none. */
static uint32_t take(uint32_t row)
{
    for (uint32_t vector = 255; vector > 0; vector--) {
        uint32_t *word = at(row + 16 * (vector / 32)), bit = UINT32_C(1) << vector % 32;

        if (*word & bit) {
            *word &= ~bit;
            return vector;
        }
    }
    return 0;
}

uint64_t cpu_read_msr(uint32_t msr)
{
    if (msr == 0x1b)
        return (apic.is_x2apic ? 1u << 10 : (uintptr_t)registers) |
               (apic.is_enabled ? 1u << 11 : 0);
    assert_true(apic.is_x2apic && msr >= 0x800 && msr < 0x900);
    /* An entry that is not there is a fault in this mode. */
    if (msr == 0x82f)
        assert_true((*at(VERSION) >> 16 & 0xff) >= 6);
    return *at((msr - 0x800) << 4);
}

void cpu_write_msr(uint32_t msr, uint64_t value)
{
    assert_true(apic.is_x2apic && msr >= 0x800 && msr < 0x900);
    *at((msr - 0x800) << 4) = (uint32_t)value;
    if (msr != 0x80b)
        return;
    assert_int_equal(value, 0);
    apic.acknowledged++;
    if (take(IN_SERVICE) == apic.endless && apic.endless != 0)
        request(apic.endless);
}

/* One interrupt of each priority, the highest last to be returned from. */
void cpu_accept_interrupts(void)
{
    uint32_t vector;

    apic.accepted++;
    assert_int_equal(*at(TASK_PRIORITY), 0x10); /* exceptions stay exceptions */
    if (!apic.is_x2apic) /* memory does not acknowledge on a write: what is taken is gone */
        take(REQUESTED);
    else if ((vector = take(REQUESTED)) != 0)
        *at(IN_SERVICE + 16 * (vector / 32)) |= UINT32_C(1) << vector % 32;
}

static int start(void **state)
{
    (void)state;
    memset(&apic, 0, sizeof(apic));
    memset(registers, 0, sizeof(registers));
    apic.is_there = apic.is_enabled = apic.is_x2apic = true;
    *at(VERSION) = 0x50014;
    return 0;
}

static void assert_untouched(void)
{
    assert_true(local_apic_silence(&error));
    assert_int_equal(*at(TIMER), 0x20030);
    assert_int_equal(apic.accepted + apic.acknowledged, 0);
}

static void leaves_a_missing_or_disabled_one_alone(void **state)
{
    (void)state;
    *at(TIMER) = 0x20030;
    request(0x30);
    apic.is_there = false;
    assert_untouched();
    apic.is_there = true;
    apic.is_enabled = false;
    assert_untouched();
}

static void masks_what_would_interrupt(void **state)
{
    (void)state;
    *at(TIMER) = 0x20030;
    *at(INITIAL_COUNT) = 12345;
    *at(THERMAL) = 0x200;     /* an SMI: the firmware's own */
    *at(PERFORMANCE) = 0x400; /* an NMI */
    *at(LINT0) = 0x700;
    *at(LINT1) = 0x400;
    *at(ERROR_ENTRY) = 0x33;
    *at(CMCI) = 0x44;
    assert_true(local_apic_silence(&error));
    assert_int_equal(*at(TIMER), 0x30 | MASKED);
    assert_int_equal(*at(INITIAL_COUNT), 0);
    assert_int_equal(*at(THERMAL), 0x200);
    assert_int_equal(*at(PERFORMANCE), 0x400 | MASKED);
    assert_int_equal(*at(LINT0), 0x700);
    assert_int_equal(*at(LINT1), 0x400);
    assert_int_equal(*at(ERROR_ENTRY), 0x33 | MASKED);
    assert_int_equal(*at(CMCI), 0x44); /* not there: there are six entries */

    *at(VERSION) = 0x60015;
    assert_true(local_apic_silence(&error));
    assert_int_equal(*at(CMCI), 0x44 | MASKED);
}

/* Its count has no effect then, and a mask leaves it armed. */
static void disarms_a_timer_that_waits_for_the_tsc(void **state)
{
    (void)state;
    *at(TIMER) = 0x40030;
    assert_true(local_apic_silence(&error));
    assert_int_equal(*at(TIMER), 0x30 | MASKED);
}

static void drains_what_is_requested_and_in_service(void **state)
{
    (void)state;
    *at(IN_SERVICE + 0x10) = 1;
    for (uint32_t vector = 32; vector < 256; vector++)
        request(vector);
    assert_true(local_apic_silence(&error));
    assert_int_equal(apic.accepted, 224);
    assert_int_equal(apic.acknowledged, 225);
    assert_int_equal(*at(TASK_PRIORITY), 0);
    for (uint32_t i = 0; i < 8; i++)
        assert_int_equal(*at(REQUESTED + 16 * i) | *at(IN_SERVICE + 16 * i), 0);
}

static void sets_no_interrupt_flag_when_nothing_waits(void **state)
{
    (void)state;
    assert_true(local_apic_silence(&error));
    assert_int_equal(apic.accepted, 0);
}

static void gives_in_to_a_line_that_never_rests(void **state)
{
    (void)state;
    apic.endless = 0x61;
    request(0x61);
    request(0x33);
    assert_false(local_apic_silence(&error));
    assert_error(&error, ERROR_INTERRUPT_PENDING);
    assert_int_equal(error.numbers[0], 0x61);
    assert_int_equal(*at(IN_SERVICE + 0x30), 0);
}

static void reaches_the_registers_through_memory(void **state)
{
    (void)state;
    apic.is_x2apic = false;
    *at(TIMER) = 0x30;
    request(0x55);
    assert_true(local_apic_silence(&error));
    assert_int_equal(*at(TIMER), 0x30 | MASKED);
    assert_int_equal(apic.accepted, 1);

    *at(EOI) = 0xffffffff;
    *at(IN_SERVICE + 0x20) = 1;
    assert_true(local_apic_silence(&error)); /* this one stays in service, and that has an end */
    assert_int_equal(*at(EOI), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(leaves_a_missing_or_disabled_one_alone, start),
        cmocka_unit_test_setup(masks_what_would_interrupt, start),
        cmocka_unit_test_setup(disarms_a_timer_that_waits_for_the_tsc, start),
        cmocka_unit_test_setup(drains_what_is_requested_and_in_service, start),
        cmocka_unit_test_setup(sets_no_interrupt_flag_when_nothing_waits, start),
        cmocka_unit_test_setup(gives_in_to_a_line_that_never_rests, start),
        cmocka_unit_test_setup(reaches_the_registers_through_memory, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
