/* SPDX-License-Identifier: MIT */
/* How a test ended, decided from what was seen of the machine. Nothing here does any I/O. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "cli/verbs.h"

/* What the loader has said on the debug console before it stopped. */
enum last_words {
    LAST_WORDS_NONE,
    LAST_WORDS_FAULT,   /* "bowline: fault: ...": the fault screen */
    LAST_WORDS_REFUSAL, /* "bowline: error: ..." or "Bowline: stage ...": it does not boot this */
};

/* Reads the debug console. Zero it to begin. */
struct listener {
    char line[32]; /* the current line's beginning: as much as has to be told apart */
    size_t length;
    enum last_words words;
    /* After these words, "bowline: halted" or "bowline: press a key": nothing more comes. */
    bool has_finished;
};

void listener_hear(struct listener *listener, const char *text, size_t length);

/* Text that is waited for in a stream. Zero it and set `text` to begin. */
struct awaited {
    const char *text;
    size_t matched; /* bytes of it that end the stream so far */
};

/* True once the text has been seen; call it no more then. */
bool awaited_hear(struct awaited *awaited, const char *bytes, size_t length);

/* Why the guest stopped, by QEMU's SHUTDOWN event. */
enum shutdown { SHUTDOWN_NONE, SHUTDOWN_RESET, SHUTDOWN_POWER_OFF };

/* The event in one line of QEMU's monitor protocol; SHUTDOWN_NONE when it is about something else.
 */
enum shutdown shutdown_in(const char *line);

struct observation {
    bool has_started;  /* the guest's first instruction was about to run */
    bool has_exited;   /* QEMU ended by itself, with exit_status */
    int exit_status;   /* isa-debug-exit: value << 1 | 1 */
    int success_code;  /* the value that means "passed" */
    bool is_missing;   /* a text that was expected has not appeared */
    bool is_timed_out; /* the time limit ended it */
    bool has_shown;    /* the awaited text has appeared */
    enum shutdown shutdown;
    enum last_words words;
};

/* EXIT_DONE: passed. Everything else is one of EXIT_TEST_*. */
enum exit_status verdict_of(const struct observation *observation);

/* "passed", "failed", "reset" and so on; "not tested" for what is no verdict. */
const char *verdict_name(enum exit_status verdict);
