/* SPDX-License-Identifier: MIT */
/* The whole story of a boot that fails: it says why, and gives everything back. */
#include <string.h>

#include "base/units.h"
#include "boot_fixture.h"
#include "memory/page_tables.h"

/* Every firmware call of the boot fails in turn: the boot ends with a message and loses nothing. */
static void every_firmware_call_may_fail(void **state)
{
    struct fixture *fixture = *state;
    struct host_machine fresh = fixture->machine;

    fresh.video.count = 1;
    fresh.video.modes[0] = (struct bowline_video_mode){1024, 768, 32};
    fresh.framebuffer = 0xe0000000;
    fixture->machine = fresh;
    boot_or_fail(fixture);
    unsigned calls = fixture->machine.calls;
    assert_in_range(calls, 10, 500);
    for (unsigned i = 1; i <= calls; i++) {
        host_machine_release(&fixture->machine);
        fixture->machine = fresh;
        fixture->machine.failing_call = i;
        enum host_end end = start(fixture);

        assert_int_equal(fixture->machine.open_files, 0);
        if (end == HOST_STARTED_KERNEL)
            continue; /* a claim was repeated elsewhere, or there is no framebuffer now */
        fixture->machine.log[fixture->machine.log_length] = '\0';
        assert_non_null(strstr(fixture->machine.log, "bowline: error: "));
        assert_non_null(strstr(fixture->machine.log, "what to do: "));
        if (end == HOST_GAVE_UP)
            assert_int_equal(fixture->machine.claimed_pages, 0);
        else
            assert_int_equal(end, HOST_RESET);
    }
}

static void assert_gives_up(struct fixture *fixture, const char *name)
{
    assert_int_equal(start(fixture), HOST_GAVE_UP);
    fixture->machine.log[fixture->machine.log_length] = '\0';
    if (strstr(fixture->machine.log, name) == NULL)
        fail_msg("no [%s] in:\n%s", name, fixture->machine.log);
}

static void too_little_memory_is_said(void **state)
{
    struct fixture *fixture = *state;

    elf_builder_init(&fixture->elf, 0x200000);
    elf_builder_add(&fixture->elf, 0x200000, 0x1000, 128 * MIB, PF_R | PF_X);
    elf_builder_finish(&fixture->elf);
    assert_gives_up(
        fixture, "/kernel.elf: 131072 KiB of free memory in one piece are needed, and the largest "
                 "piece has 64");
}

static void collisions_are_named(void **state)
{
    struct fixture *fixture = *state;

    fixture->note.request.stack = (struct bowline_placement)BOWLINE_AT(KERNEL_BASE + 0x4000);
    assert_gives_up(fixture,
                    "the stack at 0xffffffff80004000 would collide with the kernel, which lies at "
                    "0xffffffff80003000 to 0xffffffff80008fff [layout-collision]");
}

static void a_required_framebuffer_must_be_there(void **state)
{
    struct fixture *fixture = *state;

    fixture->note.request.flags = BOWLINE_REQUIRE(BOWLINE_WANT_FRAMEBUFFER);
    assert_gives_up(fixture, "[no-framebuffer]");
}

static void required_text_must_be_there(void **state)
{
    struct fixture *fixture = *state;

    fixture->note.request.flags = BOWLINE_REQUIRE(BOWLINE_WANT_VGA_TEXT);
    assert_gives_up(fixture, "the kernel requires VGA text mode");
}

static void a_processor_without_long_mode_is_refused(void **state)
{
    struct fixture *fixture = *state;

    fixture->machine.has_long_mode = fixture->machine.has_nx = false;
    fixture->machine.runs_in_32_bit_mode = true;
    assert_gives_up(fixture, "[no-long-mode]");
}

static void a_processor_without_nx_is_refused(void **state)
{
    struct fixture *fixture = *state;

    fixture->machine.has_nx = false;
    assert_gives_up(fixture, "[no-nx]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOOT_TEST(every_firmware_call_may_fail),
        BOOT_TEST(too_little_memory_is_said),
        BOOT_TEST(collisions_are_named),
        BOOT_TEST(a_required_framebuffer_must_be_there),
        BOOT_TEST(required_text_must_be_there),
        BOOT_TEST(a_processor_without_long_mode_is_refused),
        BOOT_TEST(a_processor_without_nx_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
