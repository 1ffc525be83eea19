/* SPDX-License-Identifier: MIT */
#include "qemu/verdict.h"

#include <string.h>

#include "base/units.h"
#include "unit.h"

static struct listener hear(const char *text)
{
    struct listener listener = {0};

    listener_hear(&listener, text, strlen(text));
    return listener;
}

static enum last_words words_of(const char *text)
{
    struct listener whole = hear(text), by_bytes = {0};

    for (const char *c = text; *c != '\0'; c++)
        listener_hear(&by_bytes, c, 1);
    assert_int_equal(whole.words, by_bytes.words);
    return whole.words;
}

static void hears_the_loader(void **state)
{
    (void)state;
    assert_int_equal(words_of(""), LAST_WORDS_NONE);
    assert_int_equal(words_of("bowline: kernel /kernel.elf, 5 bytes\n"), LAST_WORDS_NONE);
    assert_int_equal(words_of("bowline: warning: x\n"), LAST_WORDS_NONE);
    assert_int_equal(words_of("\nbowline: fault: page fault\n  rip 0\n"), LAST_WORDS_FAULT);
    assert_int_equal(words_of("bowline: fault: page fault\r\n"), LAST_WORDS_FAULT);
    assert_int_equal(words_of("bowline: error: /kernel.elf: x\n"), LAST_WORDS_REFUSAL);
    assert_int_equal(words_of("1Bowline: stage 2: damaged"), LAST_WORDS_REFUSAL);
    assert_int_equal(words_of("x\r\nBowline: stage 2: no"), LAST_WORDS_REFUSAL);
}

static void hears_that_it_is_over(void **state)
{
    (void)state;
    assert_false(hear("bowline: fault: x\nnot bowline: halted\n").has_finished);
    assert_true(hear("bowline: fault: x\nbowline: halted: y\n").has_finished);
    assert_false(hear("bowline: error: x\n  what to do: press a key\n").has_finished);
    assert_true(hear("bowline: error: x\nbowline: press a key to go back\n").has_finished);
    assert_false(hear("bowline: press a key\nbowline: error: x\n").has_finished);
    assert_false(hear("bowline: fault: x\nbowline: press Enter\n").has_finished);
}

static void hears_only_beginnings_of_lines(void **state)
{
    (void)state;
    assert_int_equal(words_of("the kernel says bowline: fault: x\n"), LAST_WORDS_NONE);
    assert_int_equal(words_of("bowline: fau\nlt: x\n"), LAST_WORDS_NONE);
    assert_int_equal(words_of("bowline: fault\n"), LAST_WORDS_NONE);
}

static void keeps_the_first_words(void **state)
{
    (void)state;
    assert_int_equal(words_of("bowline: error: x\nbowline: fault: y\n"), LAST_WORDS_REFUSAL);
    assert_int_equal(words_of("bowline: fault: y\nbowline: error: x\n"), LAST_WORDS_FAULT);
}

static void reads_shutdown_events(void **state)
{
    (void)state;
    assert_int_equal(
        shutdown_in("{\"timestamp\": {\"seconds\": 1}, \"event\": \"SHUTDOWN\", \"data\": "
                    "{\"guest\": true, \"reason\": \"guest-reset\"}}"),
        SHUTDOWN_RESET);
    assert_int_equal(
        shutdown_in("{\"event\": \"SHUTDOWN\", \"data\": {\"guest\": true, \"reason\": "
                    "\"guest-shutdown\"}}"),
        SHUTDOWN_POWER_OFF);
    assert_int_equal(shutdown_in("{\"event\": \"SHUTDOWN\", \"data\": {\"guest\": false, "
                                 "\"reason\": \"host-qmp-quit\"}}"),
                     SHUTDOWN_NONE);
    assert_int_equal(shutdown_in("{\"event\": \"RESUME\"}"), SHUTDOWN_NONE);
    assert_int_equal(shutdown_in(""), SHUTDOWN_NONE);
}

/* Whether the text is found in the stream, however that comes in pieces. */
static bool appears(const char *text, const char *stream)
{
    size_t length = strlen(stream);
    bool is_found = false;

    for (size_t cut = 0; cut <= length; cut++) {
        struct awaited awaited = {.text = text};
        bool is_now = awaited_hear(&awaited, stream, cut) ||
                      awaited_hear(&awaited, stream + cut, length - cut);

        assert_true(cut == 0 || is_now == is_found);
        is_found = is_now;
    }
    return is_found;
}

static void awaits_text(void **state)
{
    (void)state;
    assert_true(appears("ready", "the kernel is ready."));
    assert_true(appears("ready", "ready"));
    assert_false(appears("ready", "read y"));
    assert_false(appears("ready", ""));
    /* The text begins again inside of itself. */
    assert_true(appears("aab", "aaab"));
    assert_true(appears("abcabd", "abcabcabd"));
    assert_true(appears("aaba", "aabaaba"));
    assert_false(appears("abcabd", "abcabcab"));
}

static void judges(void **state)
{
    static const struct {
        struct observation seen;
        enum exit_status verdict;
    } cases[] = {
        {{.has_started = true, .has_exited = true, .exit_status = 33}, EXIT_DONE},
        {{.has_started = true, .has_shown = true}, EXIT_DONE},
        {{.has_started = true, .has_exited = true, .exit_status = 35}, EXIT_TEST_FAILED},
        {{.has_started = true, .has_exited = true, .exit_status = 1}, EXIT_TEST_FAILED},
        {{.has_started = true, .words = LAST_WORDS_FAULT}, EXIT_TEST_FAULT},
        {{.has_started = true, .words = LAST_WORDS_REFUSAL}, EXIT_TEST_LOADER},
        {{.has_started = true, .shutdown = SHUTDOWN_RESET}, EXIT_TEST_RESET},
        {{.has_started = true, .shutdown = SHUTDOWN_POWER_OFF}, EXIT_TEST_POWER_OFF},
        {{.has_started = true, .is_timed_out = true}, EXIT_TEST_HANG},
        /* Another code, and a text that has not appeared. */
        {{.has_started = true, .has_exited = true, .exit_status = 35, .success_code = 0x11},
         EXIT_DONE},
        {{.has_started = true, .has_exited = true, .exit_status = 33, .success_code = 0x11},
         EXIT_TEST_FAILED},
        {{.has_started = true, .has_exited = true, .exit_status = 33, .is_missing = true},
         EXIT_TEST_FAILED},
        {{.has_started = true, .has_shown = true, .is_missing = true}, EXIT_TEST_FAILED},
        {{.has_started = true, .is_timed_out = true, .is_missing = true}, EXIT_TEST_HANG},
        /* QEMU did not start, whatever its status looks like, or never got to running the guest. */
        {{.has_exited = true, .exit_status = 1}, EXIT_TEST_NO_QEMU},
        {{.has_exited = true, .exit_status = 33}, EXIT_TEST_NO_QEMU},
        {{.is_timed_out = true}, EXIT_TEST_NO_QEMU},
        /* It died: by a signal, or with a status that no verdict has. */
        {{.has_started = true}, EXIT_TEST_NO_QEMU},
        {{.has_started = true, .has_exited = true, .exit_status = 0}, EXIT_TEST_NO_QEMU},
        /* A pass counts only if nothing speaks against it. */
        {{.has_started = true, .has_exited = true, .exit_status = 33, .words = LAST_WORDS_FAULT},
         EXIT_TEST_FAULT},
        {{.has_started = true, .has_exited = true, .exit_status = 33, .words = LAST_WORDS_REFUSAL},
         EXIT_TEST_LOADER},
        {{.has_started = true, .has_shown = true, .shutdown = SHUTDOWN_RESET}, EXIT_TEST_RESET},
        {{.has_started = true, .has_shown = true, .words = LAST_WORDS_FAULT}, EXIT_TEST_FAULT},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct observation seen = cases[i].seen;

        if (seen.success_code == 0)
            seen.success_code = 0x10;
        assert_int_equal(verdict_of(&seen), cases[i].verdict);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hears_the_loader),
        cmocka_unit_test(hears_that_it_is_over),
        cmocka_unit_test(hears_only_beginnings_of_lines),
        cmocka_unit_test(keeps_the_first_words),
        cmocka_unit_test(reads_shutdown_events),
        cmocka_unit_test(awaits_text),
        cmocka_unit_test(judges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
