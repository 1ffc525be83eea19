/* SPDX-License-Identifier: MIT */
/* mkimage test: boots a kernel or an image in QEMU and takes the verdict from it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cases.h"
#include "qemu/result_file.h"
#include "qemu/session.h"
#include "show/boot_log.h"
#include "system/process.h"
#include "text/colour.h"

static const char help[] =
    "usage: mkimage test [OPTION]... KERNEL|IMAGE|DIRECTORY... [-- QEMU ARGUMENT...]\n"
    "\n"
    "Boots a kernel, or an image that mkimage has written, in QEMU, without a window, and shows "
    "its\n"
    "serial port. The kernel gives the verdict: it writes 0x10 to I/O port 0xf4 when it has "
    "passed,\n"
    "and another value below 0x80 when it has failed. The image is not written to. A DIRECTORY "
    "that\n"
    "mkimage netboot has written is booted over a network, on which there is nothing else.\n"
    "Of several tests each output appears when it is over, and all results at the end.\n"
    "\n"
    "Exit status: 0 passed, 1 not tested for the reason given, 2 wrong usage, 10 failed,\n"
    "11 fault screen of the loader, 12 triple fault or reset, 13 no verdict within the time "
    "limit,\n"
    "14 the loader refused to boot, 15 switched off without a verdict, 16 QEMU did not start or "
    "died;\n"
    "of several tests that of the first which did not pass; 128 + N ended by signal N.\n"
    "\n"
    "  --timeout SECONDS     the time limit, to end a kernel that hangs (default: 60)\n"
    "  --until TEXT          passed as soon as TEXT appears on the serial port (on the debug "
    "console\n"
    "                        where there is none): for kernels that give no verdict\n"
    "  --expect TEXT         failed unless TEXT has appeared there, whatever else; can be "
    "repeated\n"
    "  --success-code N      what a kernel that has passed writes to port 0xf4 (default: 0x10)\n"
    "  --both                each of them by BIOS and by UEFI\n"
    "  -j, --jobs N          so many at a time (default: 1)\n"
    "  --junit FILE          a report for build servers\n"
    "  --timing              where the time of the boot went, by the loader's own time stamps\n"
    "  --screenshot FILE     the screen at the end, as PNG, or PPM for FILE.ppm; may be repeated.\n"
    "                        There is none when the kernel gives the verdict itself: that ends "
    "QEMU\n";

static void say_where(const struct session_end *end)
{
    if (end->has_registers)
        fprintf(stderr, " (rip 0x%llx, cr2 0x%llx)", (unsigned long long)end->instruction_pointer,
                (unsigned long long)end->fault_address);
}

static void say_verdict(enum exit_status verdict, const struct session_end *end,
                        const struct boot_options *options)
{
    int status = end->observation.exit_status;

    fputs("mkimage test: ", stderr);
    if (verdict != EXIT_TEST_NO_QEMU)
        colour_put(stderr, verdict == EXIT_DONE ? COLOUR_PASSED : COLOUR_ERROR,
                   verdict_name(verdict));
    switch (verdict) {
    case EXIT_DONE:
        fputs("\n", stderr);
        break;
    case EXIT_TEST_FAILED:
        if (end->missing != NULL &&
            (!end->observation.has_exited || status == (end->observation.success_code << 1 | 1)))
            fprintf(stderr, ": \"%s\" has not appeared\n", end->missing);
        else
            fprintf(stderr, ": the kernel wrote 0x%x to port 0xf4\n", (unsigned int)status >> 1);
        break;
    case EXIT_TEST_FAULT:
        fprintf(stderr, ": the kernel ended on the loader's fault screen, which is above\n");
        break;
    case EXIT_TEST_RESET:
        fprintf(stderr, ": a triple fault, or the kernel reset the machine");
        say_where(end);
        fprintf(stderr, "\n");
        break;
    case EXIT_TEST_HANG:
        fprintf(stderr, ": no verdict within %d s", options->time_limit);
        say_where(end);
        fprintf(stderr,
                "\n  what to do: write 0x%x to port 0xf4 when the kernel has passed; "
                "--timeout changes the limit\n",
                (unsigned int)options->success_code);
        break;
    case EXIT_TEST_LOADER:
        fprintf(stderr, ": the loader did not boot the kernel, for the reason above\n");
        break;
    case EXIT_TEST_POWER_OFF:
        fprintf(stderr, ": the machine was switched off without a verdict\n");
        break;
    default:
        fprintf(stderr, "QEMU did not start, or died: what it said is above\n");
        break;
    }
}

/* Each step of the boot, from the loader's own time stamps. */
static void say_times(const struct session_end *end)
{
    struct boot_log log;
    struct error error = {0};
    uint64_t before = 0;

    if (end->loader_log == NULL ||
        !boot_log_read(end->loader_log, end->loader_log_length, &log, &error)) {
        fprintf(stderr, "mkimage test: the loader has not come to where it tells its times\n");
        return;
    }
    if (log.time_count == 0)
        fprintf(stderr,
                "mkimage test: the loader has told no times: it did not start the kernel, or "
                "does not know how fast this processor's counter runs\n");
    for (size_t i = 0; i < log.time_count; i++) {
        const struct boot_log_time *time = &log.times[i];

        fprintf(stderr, "%10.1f ms  %+8.1f ms  %s\n", (double)time->microseconds / 1000,
                (double)(time->microseconds - before) / 1000, time->step);
        before = time->microseconds;
    }
    boot_log_free(&log);
}

static enum exit_status conclude(const struct session_end *end, const struct boot_options *options)
{
    enum exit_status verdict = verdict_of(&end->observation);

    if (end->is_unread)
        fprintf(stderr, "mkimage test: nobody has read the output to its end\n");
    say_verdict(verdict, end, options);
    if (options->is_timed)
        say_times(end);
    if (end->picture_error.code != ERROR_NONE)
        report_error(&end->picture_error);
    if (options->picture_count > 0 && !end->has_pictures) {
        fprintf(stderr, "mkimage test: no picture of the screen could be taken\n");
        if (verdict == EXIT_DONE)
            verdict = EXIT_FAILED;
    }
    return verdict;
}

static enum exit_status test(const struct boot_options *options)
{
    struct workbench bench = {0};
    struct session_end end = {0};
    struct error error = {0};
    bool is_set_up, is_run;

    interruption_begin();
    is_set_up = workbench_set_up(&bench, options, &error);
    is_run = is_set_up && interruption_signal() == 0 && session_run(&bench, options, &end, &error);
    workbench_free(&bench);
    /* What follows may wait for a reader as long as nobody interrupts. */
    interruption_end();
    if (is_run) {
        enum exit_status verdict = conclude(&end, options);

        free(end.loader_log);
        return verdict;
    }
    free(end.loader_log);
    report_error(&error);
    return is_set_up || error.code == ERROR_QEMU_MISSING ? EXIT_TEST_NO_QEMU : EXIT_FAILED;
}

/* Before the first boot: what a test leaves behind must not cost a file, nor a long test its
 * report. */
static enum exit_status test_all(const struct boot_options *options)
{
    bool is_single = options->file_count == 1 && !options->is_both && options->junit == NULL;
    struct error error = {0};

    if (!result_files_check(options, &error))
        return report_error(&error);
    return is_single ? test(options) : cases_run(options, test);
}

enum exit_status verb_test(int count, char **arguments)
{
    struct boot_options options;
    enum exit_status status = boot_options_parse(&options, true, count, arguments);

    if (status == EXIT_DONE && options.is_help)
        printf("%s%s", help, boot_options_help);
    else if (status == EXIT_DONE)
        status = test_all(&options);
    contents_free(&options.contents);
    return status;
}
