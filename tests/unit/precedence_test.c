/* SPDX-License-Identifier: MIT */
/*
 * docs/boot-conf.md, what boot.conf and the kernel's request both have a say in: each row of its
 * table, and what it says of lines that stand there twice.
 */
#define _GNU_SOURCE /* memmem() */
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "boot_fixture.h"

enum { ALL = 640, ENTRY = 800, REQUEST = 1024, MONITOR = 1280, CURRENT = 1600 };

static void add_mode(struct video_modes *video, uint32_t width)
{
    video->modes[video->count++] = (struct bowline_video_mode){width, width / 2, 32};
}

static void give_graphics(struct host_machine *machine, bool has_monitor)
{
    static const uint8_t magic[8] = {0, 255, 255, 255, 255, 255, 255, 0};
    struct video_modes *video = &machine->video;
    uint8_t sum = 0;

    machine->framebuffer = UINT64_C(1) << 40; /* far above all RAM */
    add_mode(video, ALL);
    add_mode(video, ENTRY);
    add_mode(video, REQUEST);
    add_mode(video, MONITOR);
    video->current = video->count;
    add_mode(video, CURRENT);
    if (!has_monitor)
        return;
    memcpy(video->edid, magic, sizeof(magic));
    video->edid[54] = 1; /* a detailed timing */
    video->edid[56] = MONITOR & 0xff;
    video->edid[58] = MONITOR >> 8 << 4;
    video->edid[59] = MONITOR / 2 & 0xff;
    video->edid[61] = MONITOR / 2 >> 8 << 4;
    for (unsigned i = 0; i < 127; i++)
        sum = (uint8_t)(sum + video->edid[i]);
    video->edid[127] = (uint8_t)-sum;
    video->edid_size = 128;
}

/* The width of the screen that the kernel gets. */
static uint64_t width_of(struct fixture *fixture)
{
    const struct bowline_info *info;

    boot_or_fail(fixture);
    info = info_of(fixture);
    assert_int_equal(info->framebuffers.count, 1);
    const struct bowline_framebuffer *screen = see(fixture, (uintptr_t)info->framebuffers.items);
    return screen->width;
}

/* Another kernel, on a machine that has not booted. */
static void start_anew(struct fixture *fixture)
{
    host_machine_release(&fixture->machine);
    host_machine_init(&fixture->machine, 64 * MIB);
    free(fixture->elf.bytes);
    fixture->elf.bytes = NULL;
}

static void the_first_that_says_something_decides_on_the_screen(void **state)
{
    static const struct {
        const char *config;
        uint32_t request;
        bool has_monitor;
        uint32_t expected;
    } cases[] = {
        {"resolution 640x320\nentry a\nkernel /kernel.elf\nresolution 800x400\n", REQUEST, true,
         ENTRY},
        {"resolution 640x320\nentry a\nkernel /kernel.elf\n", REQUEST, true, ALL},
        {"entry a\nkernel /kernel.elf\nentry b\nresolution 800x400\n", REQUEST, true, REQUEST},
        {"kernel /kernel.elf\n", 0, true, MONITOR},
        {"kernel /kernel.elf\n", 0, false, CURRENT},
        {"resolution 640x320\ndefault b\nentry a\nresolution 800x400\nentry b\nkernel "
         "/kernel.elf\n",
         REQUEST, true, ALL},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (i > 0)
            start_anew(fixture);
        fixture->config = cases[i].config;
        fixture->note.request.framebuffer_width = cases[i].request;
        fixture->note.request.framebuffer_height = cases[i].request / 2;
        give_graphics(&fixture->machine, cases[i].has_monitor);
        if (width_of(fixture) != cases[i].expected)
            fail_msg("not %u: %s", cases[i].expected, cases[i].config);
    }
}

static void the_request_has_the_smallest_size(void **state)
{
    struct fixture *fixture = *state;

    fixture->config = "kernel /kernel.elf\nresolution 640x320\n";
    fixture->note.request.framebuffer_min_width = 900;
    give_graphics(&fixture->machine, true);
    assert_int_equal(width_of(fixture), REQUEST); /* the next larger one */
}

static size_t count_words(const struct host_machine *machine, const char *words)
{
    const char *at = machine->log, *end = machine->log + machine->log_length;
    size_t count = 0;

    while ((at = memmem(at, (size_t)(end - at), words, strlen(words))) != NULL) {
        at += strlen(words);
        count++;
    }
    return count;
}

/* And a second line replaces the first, with a warning. */
static void the_command_line_is_that_of_boot_conf(void **state)
{
    static const char *const warnings[] = {
        "warning: /bowline/boot.conf: line 3, column 1: \"kernel\" replaces what an earlier line "
        "said\n",
        "warning: /bowline/boot.conf: line 4, column 1: \"options\" replaces what an earlier line "
        "said\n",
        "warning: /bowline/boot.conf: line 7, column 1: \"chainload\" replaces what an earlier "
        "line said\n",
        "warning: /bowline/boot.conf: line 10, column 1: \"slot\" replaces what an earlier line "
        "said\n",
        "warning: /bowline/boot.conf: line 12, column 1: \"title\" replaces what an earlier line "
        "said\n",
    };
    struct fixture *fixture = *state;
    const struct host_machine *machine = &fixture->machine;

    fixture->config =
        "kernel /other.elf\noptions first\nkernel /kernel.elf\noptions second one \n"
        "module /modules/one its arguments\nchainload partition 1\nchainload partition 2\n"
        "chainload /a\nslot 1 1\nslot 2 2\ntitle a\ntitle b\n"
        "entry one\nentry other\nkernel /a\noptions b\n";
    boot_or_fail(fixture);
    assert_string_equal(see(fixture, (uintptr_t)info_of(fixture)->command_line), "second one");
    for (size_t i = 0; i < COUNT_OF(warnings); i++)
        if (memmem(machine->log, machine->log_length, warnings[i], strlen(warnings[i])) == NULL)
            fail_msg("not said: %s", warnings[i]);
    assert_int_equal(count_words(machine, "replaces what"), COUNT_OF(warnings));

    const struct bowline_info *info = info_of(fixture);
    const struct bowline_module *module = see(fixture, (uintptr_t)info->modules.items);

    assert_int_equal(info->modules.count, 1);
    assert_string_equal(see(fixture, (uintptr_t)module->name), "one");
    assert_string_equal(see(fixture, (uintptr_t)module->arguments), "its arguments");
}

/* What a person has edited is the whole of it: the options from outside were in the line. */
static void the_command_line_is_what_the_editor_showed(void **state)
{
    struct fixture *fixture = *state;

    fixture->config = "timeout none\nentry a\nkernel /kernel.elf\noptions one\nentry b\n";
    fixture->machine.load_options = "extra";
    fixture->machine.keys = "e=2\r";
    boot_or_fail(fixture);
    assert_string_equal(see(fixture, (uintptr_t)info_of(fixture)->command_line), "one extra=2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOOT_TEST(the_first_that_says_something_decides_on_the_screen),
        BOOT_TEST(the_request_has_the_smallest_size),
        BOOT_TEST(the_command_line_is_that_of_boot_conf),
        BOOT_TEST(the_command_line_is_what_the_editor_showed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
