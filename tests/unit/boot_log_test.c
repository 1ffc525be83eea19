/* SPDX-License-Identifier: MIT */
#include "show/boot_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory/memory_map.h"
#include "support.h"

static struct boot_log boot_log;

static bool read_text(const char *text)
{
    struct error error;

    return boot_log_read(text, strlen(text), &boot_log, &error);
}

static int teardown(void **state)
{
    (void)state;
    boot_log_free(&boot_log);
    return 0;
}

static void a_whole_boot(void **state)
{
    (void)state;
    assert_true(read_text("\x1b[2J\x1b[01;01HBdsDxe: loading\r\n"
                          "bowline: Bowline 0.1.0\r\n"
                          "bowline: kernel /a, b.elf, 10328 bytes\n"
                          "bowline: module /modules/one, 5 bytes\n"
                          "bowline: module /modules/two, 0 bytes\n"
                          "bowline: warning: boot.conf: line 3: what is this [config-key]\n"
                          "  what to do: leave it out\n"
                          "bowline: framebuffer 1280 x 800, 32 bits per pixel\n"
                          "bowline: starting the kernel at ffffffff80000000\n"
                          "bowline: memory 0x0-0xfff reserved\n"
                          "bowline: memory 0x1000-0x9efff usable\n"
                          "bowline: memory 0x100000-0xfffff loader\n"
                          "bowline: memory 0x100000-0x1fffff ACPI NVS\n"
                          "bowline: memory 0x180000-0x1fffff usable\n"
                          "bowline: memory 0x200000-0x2fffff made of cheese\n"
                          "bowline: time 1234567 us, kernel read\n"
                          "bowline: time soon\n"
                          "hello from the kernel: memory 0x300000-0x3fffff usable\n"));
    assert_int_equal(boot_log.boots, 1);
    assert_string_equal(boot_log.loader, "Bowline 0.1.0");
    assert_string_equal(boot_log.kernel.path, "/a, b.elf");
    assert_int_equal(boot_log.kernel.size, 10328);
    assert_int_equal(boot_log.module_count, 2);
    assert_string_equal(boot_log.modules[0].path, "/modules/one");
    assert_int_equal(boot_log.modules[1].size, 0);
    assert_int_equal(boot_log.screen_width, 1280);
    assert_int_equal(boot_log.screen_height, 800);
    assert_int_equal(boot_log.screen_depth, 32);
    assert_true(boot_log.is_started);
    assert_true(boot_log.entry == 0xffffffff80000000);
    assert_int_equal(boot_log.message_count, 1);
    assert_false(boot_log.messages[0].is_error);
    assert_int_equal(boot_log.messages[0].line, 6);
    assert_string_equal(boot_log.messages[0].remedy, "leave it out");
    assert_int_equal(boot_log.time_count, 1);
    assert_int_equal(boot_log.times[0].microseconds, 1234567);
    assert_string_equal(boot_log.times[0].step, "kernel read");
    assert_int_equal(boot_log.region_count, 4);
    assert_int_equal(boot_log.regions[1].base, 0x1000);
    assert_int_equal(boot_log.regions[1].length, 0x9e000);
    assert_int_equal(boot_log.regions[1].kind, BOWLINE_MEMORY_USABLE);
    assert_int_equal(boot_log.regions[2].kind, BOWLINE_MEMORY_ACPI_NVS);
    assert_int_equal(boot_log.regions[3].kind, 0);
    assert_false(boot_log.is_cut);
}

static void the_last_boot_counts(void **state)
{
    (void)state;
    assert_true(read_text("bowline: Bowline 0.1.0\nbowline: kernel /old.elf, 1 bytes\n"
                          "bowline: memory 0x0-0xfff usable\nbowline: starting the kernel at 1\n"
                          "bowline: Bowline 0.2.0\n[12:00:01] bowline: error: x: bad [elf-magic]\n"
                          "  what to do: build it again"));
    assert_int_equal(boot_log.boots, 2);
    assert_string_equal(boot_log.loader, "Bowline 0.2.0");
    assert_null(boot_log.kernel.path);
    assert_false(boot_log.is_started);
    assert_int_equal(boot_log.region_count, 0);
    assert_int_equal(boot_log.message_count, 1);
    assert_true(boot_log.messages[0].is_error);
    assert_string_equal(boot_log.messages[0].text, "x: bad [elf-magic]");
    assert_string_equal(boot_log.messages[0].remedy, "build it again");
}

static void a_log_without_its_beginning(void **state)
{
    (void)state;
    assert_true(read_text("bowline: (some messages are left out here)\n"
                          "bowline: memory 0xfffffffffffff000-0xffffffffffffffff MMIO\n"
                          "bowline: memory 0x0-0xffffffffffffffff usable\n"
                          "bowline: memory nonsense\nbowline: kernel nonsense\n"
                          "bowline: module nonsense\nbowline: framebuffer nonsense\n"));
    assert_int_equal(boot_log.boots, 1);
    assert_null(boot_log.loader);
    assert_true(boot_log.is_cut);
    assert_int_equal(boot_log.region_count, 1);
    assert_int_equal(boot_log.regions[0].kind, BOWLINE_MEMORY_MMIO);
    assert_int_equal(boot_log.module_count, 0);
}

static void not_a_boot_log(void **state)
{
    struct error error = {0};

    (void)state;
    assert_false(boot_log_read("bow\nline: x\n", 12, &boot_log, &error));
    assert_int_equal(error.code, ERROR_NO_BOOT_LOG);
    assert_false(boot_log_read("", 0, &boot_log, &error));
}

/* What the loader writes is what is read: the names of all kinds. */
static void every_kind_has_a_name(void **state)
{
    char text[128];

    (void)state;
    for (uint64_t kind = BOWLINE_MEMORY_USABLE; kind <= BOWLINE_MEMORY_RESERVED; kind++) {
        snprintf(text, sizeof(text), "bowline: memory 0x1000-0x1fff %s\n", memory_kind_name(kind));
        assert_true(read_text(text));
        assert_int_equal(boot_log.region_count, 1);
        assert_int_equal(boot_log.regions[0].kind, kind);
        boot_log_free(&boot_log);
    }
    assert_string_equal(memory_kind_name(0), "unknown");
    assert_string_equal(memory_kind_name(UINT64_MAX), "unknown");
}

static void many_regions(void **state)
{
    enum { REGIONS = 1000 };
    char *text = malloc(REGIONS * 64), *end = text;

    (void)state;
    for (unsigned i = 0; i < REGIONS; i++)
        end += sprintf(end, "bowline: memory 0x%x-0x%x usable\n", i * 0x2000, i * 0x2000 + 0xfff);
    assert_true(read_text(text));
    assert_int_equal(boot_log.region_count, REGIONS);
    assert_int_equal(boot_log.regions[REGIONS - 1].base, (REGIONS - 1) * 0x2000);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_whole_boot, teardown),
        cmocka_unit_test_teardown(the_last_boot_counts, teardown),
        cmocka_unit_test_teardown(a_log_without_its_beginning, teardown),
        cmocka_unit_test(not_a_boot_log),
        cmocka_unit_test(every_kind_has_a_name),
        cmocka_unit_test_teardown(many_regions, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
