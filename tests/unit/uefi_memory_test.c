/* SPDX-License-Identifier: MIT */
#include "fake_uefi.h"
#include "support.h"

#include "firmware/memory.h"

static void reads_descriptors_of_any_size(void **state)
{
    static const UINTN sizes[] = {40, 48, 56, 64};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct firmware_memory_map map;
        struct error error;

        fake_end(state);
        fake_start(state);
        fake.descriptor_size = sizes[i];
        assert_true(firmware_read_memory_map(&map, &error));
        assert_int_equal(map.count, 124);
        assert_true(map.capacity >= map.count + 32);
        for (uint64_t region = 0; region < map.count; region++) {
            assert_int_equal(map.regions[region].base, (region + 1) << 24);
            assert_int_equal(map.regions[region].length, (region + 1) * 4096);
            assert_int_equal(map.regions[region].kind, BOWLINE_MEMORY_USABLE);
            assert_int_equal(map.regions[region].firmware_kind, 0);
            assert_int_equal(map.regions[region].attributes, EFI_MEMORY_WB);
        }
    }
}

static void refuses_a_map_that_cannot_be(void **state)
{
    static const struct {
        UINTN size, stray;
    } cases[] = {{48, 1}, {48, 47}, {32, 0}, {39, 0}, {44, 0}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct firmware_memory_map map = {.count = 77};
        struct error error;

        fake_end(state);
        fake_start(state);
        fake.descriptor_size = cases[i].size;
        fake.stray_bytes = cases[i].stray;
        assert_false(firmware_read_memory_map(&map, &error));
        assert_error(&error, ERROR_MEMORY_MAP_DAMAGED);
        assert_int_equal(map.count, 77);
    }
}

static void has_room_for_a_map_that_grows(void **state)
{
    struct firmware_memory_map first, map;
    struct error error;

    (void)state;
    fake.growth = 3;
    assert_true(firmware_read_memory_map(&first, &error));
    assert_int_equal(first.count, 127);
    fake.trace[0] = '\0';
    fake.descriptor_count = 200;
    assert_true(firmware_read_memory_map(&map, &error));
    assert_string_equal(fake.trace, "GetMemoryMap ");
    assert_int_equal(map.count, 200);
    assert_int_equal(map.capacity, first.capacity);
}

/* However many claims there are: the room for the last ones is never used up. */
static void makes_room_for_a_map_that_outgrows_its_buffer(void **state)
{
    struct firmware_memory_map first, map;
    struct error error;

    (void)state;
    fake.descriptor_count = 1;
    assert_true(firmware_read_memory_map(&first, &error));
    for (fake.descriptor_count = 2; fake.descriptor_count < FAKE_DESCRIPTORS_MAX;
         fake.descriptor_count += 50) {
        assert_true(firmware_read_memory_map(&map, &error));
        assert_int_equal(map.count, fake.descriptor_count);
        assert_true(map.capacity >= map.count + 128);
        assert_true(map.efi.size_max >= map.efi.size + 128 * map.efi.descriptor_size);
    }
    assert_true(map.capacity > first.capacity);
}

static void hands_on_failures(void **state)
{
    struct firmware_memory_map map;
    struct error error;

    (void)state;
    fake.map_status = EFI_DEVICE_ERROR;
    assert_false(firmware_read_memory_map(&map, &error));
    assert_error(&error, ERROR_FIRMWARE);
    assert_int_equal(error.numbers[0], EFI_DEVICE_ERROR);
    fake.map_status = EFI_SUCCESS;
    for (fake.fail_allocation = 1; fake.fail_allocation <= 2; fake.fail_allocation++) {
        fake.allocations = 0;
        assert_false(firmware_read_memory_map(&map, &error));
        assert_error(&error, ERROR_OUT_OF_MEMORY);
        assert_int_equal(fake.blocks, 0);
    }
}

static void knows_each_type(void **state)
{
    static const struct {
        uint32_t type;
        uint64_t kind;
    } types[] = {
        {0, BOWLINE_MEMORY_RESERVED},
        {1, BOWLINE_MEMORY_LOADER_RECLAIMABLE},
        {2, BOWLINE_MEMORY_LOADER_RECLAIMABLE},
        {3, BOWLINE_MEMORY_LOADER_RECLAIMABLE},
        {4, BOWLINE_MEMORY_LOADER_RECLAIMABLE},
        {5, BOWLINE_MEMORY_RUNTIME_CODE},
        {6, BOWLINE_MEMORY_RUNTIME_DATA},
        {7, BOWLINE_MEMORY_USABLE},
        {8, BOWLINE_MEMORY_BAD},
        {9, BOWLINE_MEMORY_ACPI_RECLAIMABLE},
        {10, BOWLINE_MEMORY_ACPI_NVS},
        {11, BOWLINE_MEMORY_MMIO},
        {12, BOWLINE_MEMORY_MMIO},
        {13, BOWLINE_MEMORY_RESERVED},
        {14, BOWLINE_MEMORY_PERSISTENT},
        {15, BOWLINE_MEMORY_RESERVED},
        {16, BOWLINE_MEMORY_RESERVED},
        {0x6fffffff, BOWLINE_MEMORY_RESERVED},
        {0x70000000, BOWLINE_MEMORY_RESERVED},
        {0x7fffffff, BOWLINE_MEMORY_RESERVED},
        {0x80000000, BOWLINE_MEMORY_RESERVED},
        {0xffffffff, BOWLINE_MEMORY_RESERVED},
    };
    struct firmware_memory_map map;
    struct error error;

    (void)state;
    fake.descriptor_count = sizeof(types) / sizeof(types[0]);
    for (UINTN i = 0; i < fake.descriptor_count; i++) {
        fake.descriptors[i].Type = types[i].type;
        fake.descriptors[i].Attribute = EFI_MEMORY_RUNTIME | i;
    }
    assert_true(firmware_read_memory_map(&map, &error));
    for (uint64_t i = 0; i < map.count; i++) {
        bool is_free = types[i].kind == BOWLINE_MEMORY_USABLE ||
                       types[i].kind == BOWLINE_MEMORY_LOADER_RECLAIMABLE;

        assert_int_equal(map.regions[i].kind, types[i].kind);
        assert_int_equal(map.regions[i].firmware_kind, is_free ? 0 : types[i].type);
        assert_int_equal(map.regions[i].attributes, EFI_MEMORY_RUNTIME | i);
    }
}

static void cuts_regions_at_the_end_of_the_address_space(void **state)
{
    struct firmware_memory_map map;
    struct error error;

    (void)state;
    fake.descriptor_count = 2;
    fake.descriptors[0].NumberOfPages = UINT64_MAX;
    fake.descriptors[1].PhysicalStart = UINT64_MAX - 4095;
    assert_true(firmware_read_memory_map(&map, &error));
    for (uint64_t i = 0; i < map.count; i++)
        assert_true(map.regions[i].base + map.regions[i].length >= map.regions[i].base);
}

static void claims_exactly_what_is_asked_for(void **state)
{
    (void)state;
    assert_true(firmware_claim_pages(0x200000, 5));
    assert_int_equal(fake.pages_kind, AllocateAddress);
    assert_int_equal(fake.pages_type, EfiLoaderData);
    assert_int_equal(fake.pages_address, 0x200000);
    firmware_release_pages(0x200000, 5);
    assert_string_equal(fake.trace, "AllocatePages FreePages ");
    fake.pages_status = EFI_NOT_FOUND;
    assert_false(firmware_claim_pages(0x200000, 5));
}

static void never_claims_page_zero(void **state)
{
    (void)state;
    assert_false(firmware_claim_pages(0, 1));
    assert_string_equal(fake.trace, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_descriptors_of_any_size, fake_start, fake_end),
        cmocka_unit_test_setup_teardown(refuses_a_map_that_cannot_be, fake_start, fake_end),
        cmocka_unit_test_setup_teardown(has_room_for_a_map_that_grows, fake_start, fake_end),
        cmocka_unit_test_setup_teardown(makes_room_for_a_map_that_outgrows_its_buffer, fake_start,
                                        fake_end),
        cmocka_unit_test_setup_teardown(hands_on_failures, fake_start, fake_end),
        cmocka_unit_test_setup_teardown(knows_each_type, fake_start, fake_end),
        cmocka_unit_test_setup_teardown(cuts_regions_at_the_end_of_the_address_space, fake_start,
                                        fake_end),
        cmocka_unit_test_setup_teardown(claims_exactly_what_is_asked_for, fake_start, fake_end),
        cmocka_unit_test_setup_teardown(never_claims_page_zero, fake_start, fake_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
