/* SPDX-License-Identifier: MIT */
#include "format/acpi.h"

#include <string.h>

#include "base/bytes.h"
#include "support.h"

/* Where things lie in 64 KiB of memory. */
enum { RSDP = 0x100, RSDT = 0x400, XSDT = 0x800, FADT = 0x2000, OTHER = 0x3000 };

static uint8_t memory[0x10000];

static void put_table(uint32_t place, const char *signature, uint32_t length)
{
    memcpy(memory + place, signature, 4);
    store_le32(memory + place + 4, length);
}

static int setup(void **state)
{
    (void)state;
    memset(memory, 0, sizeof(memory));
    memcpy(memory + RSDP, "RSD PTR ", 8);
    memory[RSDP + 15] = 2;
    store_le32(memory + RSDP + 16, RSDT);
    store_le64(memory + RSDP + 24, XSDT);
    put_table(RSDT, "RSDT", 36 + 4);
    store_le32(memory + RSDT + 36, FADT);
    put_table(XSDT, "XSDT", 36 + 16);
    store_le64(memory + XSDT + 36, OTHER);
    store_le64(memory + XSDT + 44, FADT);
    put_table(OTHER, "APIC", 44);
    put_table(FADT, "FACP", 244);
    store_le32(memory + FADT + 76, 0x608);
    memory[FADT + 91] = 4;
    return 0;
}

static uint16_t find(void)
{
    struct memory_reader reader;

    memory_reader_init(&reader, memory, sizeof(memory));
    return acpi_find_pm_timer(&reader.reader, RSDP);
}

static void the_timer_is_found(void **state)
{
    (void)state;
    assert_int_equal(find(), 0x608);
    memory[RSDP + 15] = 0; /* ACPI 1: by the RSDT */
    store_le64(memory + RSDP + 24, UINT64_MAX);
    assert_int_equal(find(), 0x608);
}

static void assert_none(void **state)
{
    assert_int_equal(find(), 0);
    setup(state);
}

static void machines_without_it_have_none(void **state)
{
    store_le32(memory + FADT + 112, 1 << 20); /* hardware-reduced */
    assert_none(state);
    memory[FADT + 91] = 0;
    assert_none(state);
    store_le32(memory + FADT + 76, 0x10000);
    assert_none(state);
    store_le32(memory + FADT + 4, 100);
    assert_none(state);
    memcpy(memory + FADT, "PCAF", 4);
    assert_none(state);
}

static void damaged_tables_are_not_followed(void **state)
{
    store_le64(memory + RSDP + 24, 0);
    assert_none(state);
    store_le64(memory + RSDP + 24, sizeof(memory) - 8);
    assert_none(state);
    store_le64(memory + RSDP + 24, UINT64_MAX - 4);
    assert_none(state);
    store_le64(memory + XSDT + 44, UINT64_MAX);
    assert_none(state);
    store_le64(memory + XSDT + 44, sizeof(memory) - 100);
    memcpy(memory + sizeof(memory) - 100, "FACP", 4);
    assert_none(state);
    store_le32(memory + XSDT + 4, 0);
    assert_none(state);
    store_le64(memory + XSDT + 44, 0);
    store_le32(memory + XSDT + 4, UINT32_MAX); /* 256 tables at the most are looked at */
    assert_none(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_timer_is_found, setup),
        cmocka_unit_test_setup(machines_without_it_have_none, setup),
        cmocka_unit_test_setup(damaged_tables_are_not_followed, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
