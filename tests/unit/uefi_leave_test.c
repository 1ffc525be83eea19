/* SPDX-License-Identifier: MIT */
#include "fake_uefi.h"
#include "support.h"

#include <string.h>

#include "firmware/console.h"
#include "firmware/leave.h"
#include "firmware/tables.h"
#include "firmware/video.h"
#include "firmware/volume.h"

static struct firmware_memory_map map;
static struct error error;

static int start(void **state)
{
    fake_start(state);
    assert_true(firmware_read_memory_map(&map, &error));
    fake.trace[0] = '\0';
    return 0;
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system);

static void switches_the_watchdog_off_and_boots(void **state)
{
    EFI_HANDLE image = uefi.image;

    (void)state;
    uefi = (struct uefi){0};
    assert_true(HALTS(efi_main(image, &fake.system)));
    assert_string_equal(fake.trace, "SetWatchdogTimer boot ");
    assert_ptr_equal(uefi.image, image);
    assert_ptr_equal(uefi.system, &fake.system);
}

static void takes_the_machine_over(void **state)
{
    (void)state;
    fake.descriptors[0].Type = EfiLoaderData;
    fake.descriptors[1].Type = EfiLoaderCode;
    fake.descriptors[2].Type = EfiBootServicesData;
    fake.descriptors[3].Type = EfiRuntimeServicesData;
    assert_true(firmware_take_over(&map, &error));
    assert_string_equal(fake.trace, "GetMemoryMap ExitBootServices ");
    assert_int_equal(fake.interrupts_disabled, 1);
    assert_int_equal(map.count, 124);
    assert_int_equal(map.regions[0].kind, BOWLINE_MEMORY_USABLE);
    assert_int_equal(map.regions[1].kind, BOWLINE_MEMORY_USABLE);
    assert_int_equal(map.regions[2].kind, BOWLINE_MEMORY_LOADER_RECLAIMABLE);
    assert_int_equal(map.regions[3].kind, BOWLINE_MEMORY_RUNTIME_DATA);
}

static void tries_a_second_time_with_a_fresh_map_and_nothing_else(void **state)
{
    (void)state;
    fake.exit_failures = 1;
    fake.growth = 30;
    assert_true(firmware_take_over(&map, &error));
    assert_string_equal(fake.trace, "GetMemoryMap ExitBootServices GetMemoryMap ExitBootServices ");
    assert_int_equal(map.count, 154);
    assert_int_equal(fake.interrupts_disabled, 1);
}

static void gives_in_after_the_second_failure(void **state)
{
    (void)state;
    fake.exit_failures = 2;
    assert_false(firmware_take_over(&map, &error));
    assert_string_equal(fake.trace, "GetMemoryMap ExitBootServices GetMemoryMap ExitBootServices ");
    assert_error(&error, ERROR_EXIT_BOOT_SERVICES);
    assert_int_equal(error.numbers[0], EFI_INVALID_PARAMETER);
    fake.logged[0] = '\0';
    assert_true(HALTS(firmware_reset()));
    assert_non_null(strstr(fake.trace, "ExitBootServices ResetSystem "));
}

/* Whoever asks the firmware too late is named, and nothing of the firmware is called. */
static void stops_calls_that_come_too_late(void **state)
{
    struct firmware_tables tables;
    struct video_modes modes;
    struct bowline_framebuffer framebuffer;
    struct reader *reader;
    struct key key;

    (void)state;
    assert_true(firmware_take_over(&map, &error));
    memset(&fake.boot, 0, sizeof(fake.boot));

    fake.logged[0] = '\0';
    assert_true(HALTS(firmware_read_memory_map(&map, &error)));
    assert_non_null(strstr(fake.logged, "after it was left"));
    fake.logged[0] = '\0';
    assert_true(HALTS(firmware_claim_pages(0x1000, 1)));
    assert_non_null(strstr(fake.logged, "after it was left"));
    fake.logged[0] = '\0';
    assert_true(HALTS(firmware_release_pages(0x1000, 1)));
    assert_non_null(strstr(fake.logged, "after it was left"));
    fake.logged[0] = '\0';
    assert_true(HALTS(firmware_open_file("/kernel.elf", &reader, &error)));
    assert_non_null(strstr(fake.logged, "after it was left"));
    fake.logged[0] = '\0';
    assert_true(HALTS(firmware_find_tables(&tables)));
    assert_non_null(strstr(fake.logged, "after it was left"));
    fake.logged[0] = '\0';
    assert_true(HALTS(firmware_list_video_modes(&modes)));
    assert_non_null(strstr(fake.logged, "after it was left"));
    fake.logged[0] = '\0';
    assert_true(HALTS(firmware_set_video_mode(&modes, 0, &framebuffer, &error)));
    assert_non_null(strstr(fake.logged, "after it was left"));
    fake.logged[0] = '\0';
    assert_true(HALTS(firmware_current_framebuffer(&framebuffer)));
    assert_non_null(strstr(fake.logged, "after it was left"));
    fake.logged[0] = '\0';
    assert_true(HALTS(firmware_write_text("x", 1)));
    assert_non_null(strstr(fake.logged, "after it was left"));
    fake.logged[0] = '\0';
    assert_true(HALTS(firmware_clear_text(true)));
    assert_non_null(strstr(fake.logged, "after it was left"));
    fake.logged[0] = '\0';
    assert_true(HALTS(firmware_draw_text(0, 0, 7, "x", 1)));
    assert_non_null(strstr(fake.logged, "after it was left"));
    fake.logged[0] = '\0';
    assert_true(HALTS(firmware_poll_key(&key)));
    assert_non_null(strstr(fake.logged, "after it was left"));
    fake.logged[0] = '\0';
    assert_true(HALTS(firmware_pause(1)));
    assert_non_null(strstr(fake.logged, "after it was left"));
    fake.logged[0] = '\0';
    assert_true(HALTS(firmware_power_off()));
    assert_non_null(strstr(fake.logged, "after it was left"));
    fake.logged[0] = '\0';
    assert_true(HALTS(firmware_has_setup()));
    assert_non_null(strstr(fake.logged, "after it was left"));
    fake.logged[0] = '\0';
    assert_true(HALTS(firmware_enter_setup()));
    assert_non_null(strstr(fake.logged, "after it was left"));
    fake.logged[0] = '\0';
    assert_true(HALTS(firmware_take_over(&map, &error)));
    assert_non_null(strstr(fake.logged, "after it was left"));
    fake.logged[0] = '\0';
    assert_true(HALTS(firmware_give_up()));
    assert_non_null(strstr(fake.logged, "after it was left"));
}

static void gives_the_machine_back(void **state)
{
    (void)state;
    /* With its buffers. The fake Exit() returns, as no real one does: then the machine is reset. */
    fake.logged[0] = '\0';
    assert_true(HALTS(firmware_give_up()));
    assert_string_equal(fake.trace, "FreePool FreePool Exit ResetSystem ");
}

static void names_the_pages_of_the_switch(void **state)
{
    uint64_t phys, length;

    (void)state;
    firmware_switch_code(&phys, &length);
    assert_int_equal(phys % 4096, 0);
    assert_int_equal(length, 2 * 4096);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(switches_the_watchdog_off_and_boots, fake_start, fake_end),
        cmocka_unit_test_setup_teardown(takes_the_machine_over, start, fake_end),
        cmocka_unit_test_setup_teardown(tries_a_second_time_with_a_fresh_map_and_nothing_else,
                                        start, fake_end),
        cmocka_unit_test_setup_teardown(gives_in_after_the_second_failure, start, fake_end),
        cmocka_unit_test_setup_teardown(stops_calls_that_come_too_late, start, fake_end),
        cmocka_unit_test_setup_teardown(gives_the_machine_back, start, fake_end),
        cmocka_unit_test(names_the_pages_of_the_switch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
