/* SPDX-License-Identifier: MIT */
#include "qemu/session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/units.h"
#include "system/output.h"
#include "system/process.h"

enum {
    /* Errors say that they are over, unless there is a menu or the boot did not get far: when
     * nothing more has come for so long, they are. */
    SILENCE_MILLISECONDS = 500,
    /* A fault screen always says so; unless the report itself fails. */
    FAULT_SILENCE_MILLISECONDS = 20000,
    /* The debug console has it first: for the serial port and the screen to have it, too. */
    LAST_LINE_MILLISECONDS = 150,
    REPLY_MILLISECONDS = 5000, /* QEMU's to a request, at worst */
    /* After the time limit: for whoever reads the output to take some more of it. */
    READER_MILLISECONDS = 1000,
};

struct session {
    const struct boot_options *options;
    struct workbench *bench;
    struct command command;
    pid_t qemu;
    int serial, debugcon; /* our ends; -1 once QEMU has closed its own */
    FILE *log;            /* what is said on the debug console; NULL: not wanted */
    struct listener listener;
    struct awaited awaited;
    struct awaited expected[EXPECTED_MAX];
    bool is_there[EXPECTED_MAX]; /* of those that are expected */
    struct monitor monitor;
    struct observation seen;
    uint64_t deadline;
    uint64_t last_heard; /* milliseconds */
    bool is_connected;   /* to QEMU's monitor */
    bool is_unread;      /* nobody takes the output any more */
};

static uint64_t milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/*
 * The guest waits with us while nobody reads, as for a slow serial line, and its time runs on. The
 * verdict stands whether anybody reads or not.
 */
static void show(struct session *session, const char *text, size_t length)
{
    uint64_t last_taken = milliseconds();

    while (length > 0 && !session->is_unread) {
        ssize_t written = interruption_write(STDOUT_FILENO, text, length);
        uint64_t now = milliseconds();

        if (written > 0) {
            text += written;
            length -= (size_t)written;
            last_taken = now;
        } else if (errno != EINTR || interruption_signal() != 0) {
            session->is_unread = true;
        } else {
            session->is_unread =
                now >= session->deadline && now - last_taken >= READER_MILLISECONDS;
        }
    }
}

/* What a person follows the boot by: the serial port, or the debug console if there is none. */
static void follow(struct session *session, const char *text, size_t length)
{
    show(session, text, length);
    if (session->awaited.text != NULL && !session->seen.has_shown)
        session->seen.has_shown = awaited_hear(&session->awaited, text, length);
    for (int i = 0; i < session->options->expected_count; i++)
        if (!session->is_there[i])
            session->is_there[i] = awaited_hear(&session->expected[i], text, length);
}

static void hear(struct session *session, int *line)
{
    char text[4096];
    ssize_t length = read(*line, text, sizeof(text));

    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (length <= 0) {
        close(*line);
        *line = -1;
        return;
    }
    session->last_heard = milliseconds();
    if (line == &session->debugcon && session->log != NULL)
        fwrite(text, 1, (size_t)length, session->log);
    if (line == &session->debugcon)
        listener_hear(&session->listener, text, (size_t)length);
    if (line == &session->serial || !session->options->has_serial)
        follow(session, text, (size_t)length);
}

/* Waits for anything to happen, at most until `limit`, and takes note of it. */
static void listen_until(struct session *session, uint64_t limit)
{
    uint64_t now = milliseconds();
    int timeout = limit > now ? (int)minimum(limit - now, 1000) : 0;
    struct pollfd lines[] = {
        {.fd = session->serial, .events = POLLIN},
        {.fd = session->debugcon, .events = POLLIN},
        {.fd = session->is_connected ? session->monitor.socket : -1, .events = POLLIN},
    };

    if (interruption_wait(lines, COUNT_OF(lines), timeout) <= 0)
        return;
    if (lines[0].revents != 0)
        hear(session, &session->serial);
    if (lines[1].revents != 0)
        hear(session, &session->debugcon);
    if (lines[2].revents != 0)
        session->is_connected = monitor_read(&session->monitor);
}

/* When what the loader has said counts as its last words. */
static uint64_t end_of_silence(const struct session *session)
{
    uint64_t silence = session->listener.has_finished                ? LAST_LINE_MILLISECONDS
                       : session->listener.words == LAST_WORDS_FAULT ? FAULT_SILENCE_MILLISECONDS
                                                                     : SILENCE_MILLISECONDS;

    return session->last_heard + silence;
}

static bool is_decided(const struct session *session)
{
    return !session->is_connected || interruption_signal() != 0 ||
           session->monitor.shutdown != SHUTDOWN_NONE || session->seen.has_shown ||
           (session->listener.words != LAST_WORDS_NONE &&
            milliseconds() >= end_of_silence(session));
}

static bool is_over(struct session *session)
{
    if (is_decided(session))
        return true;
    if (milliseconds() < session->deadline)
        return false;
    /* A verdict that came while we waited for a reader counts. */
    listen_until(session, session->deadline);
    session->seen.is_timed_out = !is_decided(session);
    return true;
}

static void follow_boot(struct session *session)
{
    while (!is_over(session)) {
        if (session->monitor.has_greeted && !session->seen.has_started) {
            /* The answer to a greeting comes from QEMU's main loop: its machine is complete. */
            monitor_continue(&session->monitor);
            session->seen.has_started = true;
        }
        if (session->monitor.is_answered)
            workbench_delete_files(session->bench);
        listen_until(session, session->listener.words == LAST_WORDS_NONE ? session->deadline
                                                                         : end_of_silence(session));
    }
    session->seen.has_started = session->monitor.is_answered;
    session->seen.shutdown = session->monitor.shutdown;
}

static void wait_for_reply(struct session *session)
{
    uint64_t limit = milliseconds() + REPLY_MILLISECONDS;

    while (session->is_connected && !session->monitor.is_answered && interruption_signal() == 0 &&
           milliseconds() < limit)
        listen_until(session, limit);
}

/* QEMU writes it beside its place: one that is there already stays as it is if that fails. */
static bool take_picture(struct session *session, const char *path, struct error *error)
{
    size_t length = strlen(path);
    const char *format = length >= 4 && strcmp(path + length - 4, ".ppm") == 0 ? "ppm" : "png";
    struct output output;

    if (!output_prepare(path, &output, error))
        return false;
    if (!output_open(&output, error) || !output_resize(&output, 0, error)) {
        output_discard(&output);
        return false;
    }
    monitor_ask_picture(&session->monitor, output.partial, format);
    wait_for_reply(session);
    if (session->monitor.is_answered && !session->monitor.is_refused)
        return output_commit(&output, error);
    output_discard(&output);
    return false;
}

/* What can only be learned as long as QEMU is there. */
static void examine(struct session *session, struct session_end *out)
{
    out->has_pictures = true;
    monitor_ask_registers(&session->monitor);
    wait_for_reply(session);
    for (int i = 0; i < session->options->picture_count; i++)
        if (!take_picture(session, session->options->pictures[i], &out->picture_error))
            out->has_pictures = false;
}

/* QEMU has closed its monitor: it is ending, unless it hangs. */
static void take_exit_status(struct session *session)
{
    uint64_t limit = milliseconds() + REPLY_MILLISECONDS;
    int status;

    while (!process_has_ended(session->qemu, &status)) {
        if (milliseconds() >= limit || interruption_signal() != 0) {
            process_kill(session->qemu);
            return;
        }
        interruption_wait(NULL, 0, 100);
    }
    session->seen.has_exited = WIFEXITED(status);
    session->seen.exit_status = WEXITSTATUS(status);
}

static bool start(struct session *session, struct error *error)
{
    int serial[2], debugcon[2], monitor[2];
    struct machine_lines lines;
    struct process_spec spec = {.command = &session->command, .is_detached = true};
    bool is_started;

    spec.temporary = session->bench->directory; /* QEMU's, which is killed when its time is up */

    if (pipe2(serial, O_CLOEXEC) != 0 || pipe2(debugcon, O_CLOEXEC) != 0 ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, monitor) != 0)
        return FAIL_WITH(error, QEMU_START, strerror(errno), 0);
    lines = (struct machine_lines){serial[1], debugcon[1], monitor[1]};
    session->bench->machine.lines = &lines;
    qemu_command(&session->command, &session->bench->machine);
    session->bench->machine.lines = NULL;
    spec.inherited = (const int[]){serial[1], debugcon[1], monitor[1]};
    spec.inherited_count = 3;
    is_started = process_start(&spec, &session->qemu, error);
    close(serial[1]);
    close(debugcon[1]);
    close(monitor[1]);
    session->serial = serial[0];
    session->debugcon = debugcon[0];
    session->monitor.socket = monitor[0];
    session->is_connected = true;
    return is_started;
}

/* What is still in the pipes when QEMU is gone. */
static void hear_the_rest(struct session *session)
{
    while (session->serial >= 0)
        hear(session, &session->serial);
    while (session->debugcon >= 0)
        hear(session, &session->debugcon);
}

bool session_run(struct workbench *bench, const struct boot_options *options,
                 struct session_end *out, struct error *error)
{
    struct session session = {
        .options = options,
        .bench = bench,
        .awaited.text = options->until,
        .monitor.socket = -1,
        .serial = -1,
        .debugcon = -1,
        .deadline = milliseconds() + (uint64_t)options->time_limit * 1000,
    };
    for (int i = 0; i < options->expected_count; i++)
        session.expected[i].text = options->expected[i];

    if (options->is_timed)
        session.log = open_memstream(&out->loader_log, &out->loader_log_length);

    bool is_started = start(&session, error);

    if (is_started) {
        follow_boot(&session);
        if (session.is_connected) {
            if (session.seen.has_started && interruption_signal() == 0)
                examine(&session, out);
            process_kill(session.qemu);
        } else {
            take_exit_status(&session);
        }
        hear_the_rest(&session);
        session.seen.words = session.listener.words;
        session.seen.success_code = options->success_code;
        for (int i = options->expected_count - 1; i >= 0; i--)
            if (!session.is_there[i])
                out->missing = options->expected[i];
        session.seen.is_missing = out->missing != NULL;
        out->is_unread = session.is_unread;
        out->observation = session.seen;
        out->has_registers = session.monitor.has_registers;
        out->instruction_pointer = session.monitor.instruction_pointer;
        out->fault_address = session.monitor.fault_address;
    }
    if (session.log != NULL)
        fclose(session.log);
    close(session.serial);
    close(session.debugcon);
    close(session.monitor.socket);
    command_free(&session.command);
    return is_started;
}
