/* SPDX-License-Identifier: MIT */
#include "qemu/verdict.h"

#include <string.h>

static bool begins_with(const struct listener *listener, const char *text)
{
    size_t length = strlen(text);

    return listener->length >= length && memcmp(listener->line, text, length) == 0;
}

static enum last_words words_in(const struct listener *listener)
{
    if (begins_with(listener, "bowline: fault:"))
        return LAST_WORDS_FAULT;
    if (begins_with(listener, "bowline: error:"))
        return LAST_WORDS_REFUSAL;
    /*
     * Stages 1 and 2 of the BIOS chain speak only when they cannot go on with the disk that the
     * BIOS names, and QEMU's names the right one. A '1' may stand before.
     */
    if (begins_with(listener, "Bowline: stage ") || begins_with(listener, "1Bowline: stage "))
        return LAST_WORDS_REFUSAL;
    return LAST_WORDS_NONE;
}

/* What a fault screen ends with, and an error after which there is no menu. */
static bool is_end(const struct listener *listener)
{
    return begins_with(listener, "bowline: halted") ||
           begins_with(listener, "bowline: press a key");
}

void listener_hear(struct listener *listener, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n')
            listener->length = 0;
        else if (text[i] != '\r' && listener->length < sizeof(listener->line))
            listener->line[listener->length++] = text[i];
        if (listener->words == LAST_WORDS_NONE)
            listener->words = words_in(listener);
        if (listener->words != LAST_WORDS_NONE && is_end(listener))
            listener->has_finished = true;
    }
}

/* Length of the longest proper prefix of the first `length` bytes that ends them too. */
static size_t border_of(const char *text, size_t length)
{
    for (size_t border = length - 1; border > 0; border--)
        if (memcmp(text, text + length - border, border) == 0)
            return border;
    return 0;
}

bool awaited_hear(struct awaited *awaited, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        while (awaited->matched > 0 && awaited->text[awaited->matched] != bytes[i])
            awaited->matched = border_of(awaited->text, awaited->matched);
        if (awaited->text[awaited->matched] == bytes[i])
            awaited->matched++;
        if (awaited->text[awaited->matched] == '\0')
            return true;
    }
    return false;
}

enum shutdown shutdown_in(const char *line)
{
    if (strstr(line, "\"event\": \"SHUTDOWN\"") == NULL)
        return SHUTDOWN_NONE;
    if (strstr(line, "\"reason\": \"guest-reset\"") != NULL)
        return SHUTDOWN_RESET;
    if (strstr(line, "\"reason\": \"guest-shutdown\"") != NULL)
        return SHUTDOWN_POWER_OFF;
    return SHUTDOWN_NONE;
}

static enum exit_status verdict_of_machine(const struct observation *observation)
{
    if (!observation->has_started)
        return EXIT_TEST_NO_QEMU;
    /* What the loader says comes first: nothing that follows it makes it a pass. */
    if (observation->words == LAST_WORDS_FAULT)
        return EXIT_TEST_FAULT;
    if (observation->words == LAST_WORDS_REFUSAL)
        return EXIT_TEST_LOADER;
    if (observation->shutdown == SHUTDOWN_RESET)
        return EXIT_TEST_RESET;
    if (observation->shutdown == SHUTDOWN_POWER_OFF)
        return EXIT_TEST_POWER_OFF;
    if (observation->has_shown)
        return EXIT_DONE;
    if (observation->has_exited && observation->exit_status == (observation->success_code << 1 | 1))
        return EXIT_DONE;
    /* Only isa-debug-exit makes the lowest bit 1 once the guest runs. */
    if (observation->has_exited && (observation->exit_status & 1) != 0)
        return EXIT_TEST_FAILED;
    if (observation->is_timed_out)
        return EXIT_TEST_HANG;
    return EXIT_TEST_NO_QEMU;
}

enum exit_status verdict_of(const struct observation *observation)
{
    enum exit_status verdict = verdict_of_machine(observation);

    return verdict == EXIT_DONE && observation->is_missing ? EXIT_TEST_FAILED : verdict;
}

const char *verdict_name(enum exit_status verdict)
{
    switch (verdict) {
    case EXIT_DONE:
        return "passed";
    case EXIT_TEST_FAILED:
        return "failed";
    case EXIT_TEST_FAULT:
        return "fault";
    case EXIT_TEST_RESET:
        return "reset";
    case EXIT_TEST_HANG:
        return "hang";
    case EXIT_TEST_LOADER:
        return "refused";
    case EXIT_TEST_POWER_OFF:
        return "power-off";
    default:
        return "not tested";
    }
}
