/* SPDX-License-Identifier: MIT */
#include "cli/cases.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "qemu/result_file.h"
#include "qemu/verdict.h"
#include "system/need.h"
#include "system/process.h"
#include "text/colour.h"
#include "text/xml.h"

struct test_case {
    struct boot_options options;
    pid_t child;
    int output; /* our end of the pipe; -1: it has ended, or not begun */
    char *text;
    size_t length;
    uint64_t started; /* milliseconds */
    double seconds;
    bool is_begun, is_ended;
    enum exit_status verdict;
};

struct run {
    const struct boot_options *options;
    struct test_case *tests;
    size_t count, begun, ended;
};

static uint64_t milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static const char *firmware_of(const struct test_case *test)
{
    return test->options.is_bios ? "BIOS" : test->options.is_uefi_32 ? "32-bit UEFI" : "UEFI";
}

/* In the child: a mkimage like any other, whose output we hear. */
static _Noreturn void become_test(const struct test_case *test, int output, pid_t parent,
                                  enum exit_status (*run)(const struct boot_options *options))
{
    enum exit_status verdict;

    interruption_end();
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(EXIT_FAILED);
#else
    (void)parent;
#endif
    if (dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0)
        _exit(EXIT_FAILED);
    verdict = run(&test->options);
    fflush(stdout);
    _exit((int)verdict);
}

static bool begin(struct test_case *test,
                  enum exit_status (*run)(const struct boot_options *options))
{
    pid_t parent = getpid();
    int output[2];

    fflush(stdout);
    if (pipe2(output, O_CLOEXEC) != 0)
        return false;
    test->child = fork();
    if (test->child == 0)
        become_test(test, output[1], parent, run);
    close(output[1]);
    if (test->child < 0) {
        close(output[0]);
        return false;
    }
    test->output = output[0];
    test->started = milliseconds();
    test->is_begun = true;
    return true;
}

static void hear(struct test_case *test)
{
    char text[4096];
    ssize_t length = read(test->output, text, sizeof(text));

    if (length < 0 && errno == EINTR)
        return;
    if (length <= 0) {
        close(test->output);
        test->output = -1;
        return;
    }
    test->text = need(realloc(test->text, test->length + (size_t)length + 1));
    memcpy(test->text + test->length, text, (size_t)length);
    test->length += (size_t)length;
    test->text[test->length] = '\0';
}

/* The child has closed its output: takes its verdict and shows what it has said. */
static void end(struct test_case *test)
{
    int status = 0;

    while (waitpid(test->child, &status, 0) < 0 && errno == EINTR)
        ;
    test->verdict = WIFEXITED(status) ? (enum exit_status)WEXITSTATUS(status) : EXIT_FAILED;
    test->seconds = (double)(milliseconds() - test->started) / 1000;
    test->is_ended = true;
    printf("==== %s, %s ====\n", test->options.file, firmware_of(test));
    if (test->length > 0)
        fwrite(test->text, 1, test->length, stdout);
    fflush(stdout);
}

/* Waits for any of those that run, until one has something to say. */
static void listen(struct run *run)
{
    struct pollfd *lines = need(calloc(run->count, sizeof(*lines)));

    for (size_t i = 0; i < run->count; i++) {
        bool is_running = run->tests[i].is_begun && !run->tests[i].is_ended;

        lines[i] = (struct pollfd){.fd = is_running ? run->tests[i].output : -1, .events = POLLIN};
    }
    if (interruption_wait(lines, run->count, -1) > 0) {
        for (size_t i = 0; i < run->count; i++) {
            struct test_case *test = &run->tests[i];

            if (lines[i].revents == 0)
                continue;
            hear(test);
            if (test->output < 0) {
                end(test);
                run->ended++;
            }
        }
    }
    free(lines);
}

/* They put away what is theirs, which takes a moment. */
static void interrupt(struct run *run)
{
    for (size_t i = 0; i < run->begun; i++)
        if (!run->tests[i].is_ended)
            kill(run->tests[i].child, SIGTERM);
    for (size_t i = 0; i < run->begun; i++)
        if (!run->tests[i].is_ended)
            while (waitpid(run->tests[i].child, NULL, 0) < 0 && errno == EINTR)
                ;
}

static bool follow(struct run *run, enum exit_status (*test)(const struct boot_options *options))
{
    while (run->ended < run->count) {
        while (run->begun < run->count && run->begun - run->ended < (size_t)run->options->jobs) {
            if (!begin(&run->tests[run->begun], test)) {
                fprintf(stderr, "mkimage test: cannot start a process: %s\n", strerror(errno));
                interrupt(run);
                return false;
            }
            run->begun++;
        }
        listen(run);
        if (interruption_signal() != 0) {
            interrupt(run);
            return false;
        }
    }
    return true;
}

static enum exit_status first_failure(const struct run *run)
{
    for (size_t i = 0; i < run->count; i++)
        if (run->tests[i].verdict != EXIT_DONE)
            return run->tests[i].verdict;
    return EXIT_DONE;
}

static size_t count_passed(const struct run *run)
{
    size_t passed = 0;

    for (size_t i = 0; i < run->count; i++)
        passed += run->tests[i].verdict == EXIT_DONE;
    return passed;
}

static void summarise_one(const struct test_case *test)
{
    const char *name = verdict_name(test->verdict);

    colour_put(stdout, test->verdict == EXIT_DONE ? COLOUR_PASSED : COLOUR_ERROR, name);
    printf("%*s  %s, %s\n", 10 - (int)strlen(name), "", test->options.file, firmware_of(test));
}

static void summarise(const struct run *run)
{
    if (run->count == 1)
        return;
    for (size_t i = 0; i < run->count; i++)
        summarise_one(&run->tests[i]);
    printf("%zu of %zu passed\n", count_passed(run), run->count);
}

static void write_case(FILE *out, const struct test_case *test)
{
    fputs("    <testcase name=\"", out);
    xml_write(out, test->options.file);
    fprintf(out, "\" classname=\"%s\" time=\"%.3f\">\n", firmware_of(test), test->seconds);
    if (test->verdict != EXIT_DONE)
        fprintf(out, "      <failure type=\"%s\" message=\"exit status %d\"/>\n",
                verdict_name(test->verdict), (int)test->verdict);
    fputs("      <system-out>", out);
    xml_write(out, test->text != NULL ? test->text : "");
    fputs("</system-out>\n    </testcase>\n", out);
}

static bool write_junit(const struct run *run, const char *path)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = need(open_memstream(&text, &length));
    struct error error = {0};
    bool is_written;

    fprintf(out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
            "  <testsuite name=\"mkimage test\" tests=\"%zu\" failures=\"%zu\">\n",
            run->count, run->count - count_passed(run));
    for (size_t i = 0; i < run->count; i++)
        write_case(out, &run->tests[i]);
    fputs("  </testsuite>\n</testsuites>\n", out);
    fclose(out);
    is_written = result_file_write(path, need(text), length, &error);
    if (!is_written)
        report_error(&error);
    free(text);
    return is_written;
}

static void plan(struct run *run)
{
    const struct boot_options *options = run->options;
    size_t each = options->is_both ? 2 : 1;

    run->count = (size_t)options->file_count * each;
    run->tests = need(calloc(run->count, sizeof(run->tests[0])));
    for (size_t i = 0; i < run->count; i++) {
        struct test_case *test = &run->tests[i];

        test->output = -1;
        test->options = *options;
        test->options.file = options->files[i / each];
        if (options->is_both)
            test->options.is_bios = i % 2 == 0;
    }
}

enum exit_status cases_run(const struct boot_options *options,
                           enum exit_status (*test)(const struct boot_options *options))
{
    struct run run = {.options = options};
    enum exit_status status = EXIT_FAILED;

    plan(&run);
    interruption_begin();
    bool is_complete = follow(&run, test);
    interruption_end();
    if (is_complete) {
        summarise(&run);
        status = first_failure(&run);
        if (options->junit != NULL && !write_junit(&run, options->junit) && status == EXIT_DONE)
            status = EXIT_FAILED;
    }
    for (size_t i = 0; i < run.count; i++) {
        if (run.tests[i].output >= 0)
            close(run.tests[i].output);
        free(run.tests[i].text);
    }
    free(run.tests);
    return status;
}
