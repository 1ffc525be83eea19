/* SPDX-License-Identifier: MIT */
/* mkimage: finds the verb. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/units.h"
#include "base/version.h"
#include "cli/report.h"
#include "mkimage.h"

static const char help[] =
    "usage: mkimage [VERB] [OPTION]... FILE\n"
    "\n"
    "  mkimage KERNEL         write KERNEL's disk image, which boots on BIOS and on UEFI\n"
    "  mkimage build KERNEL   the same; for a kernel that is called like a verb\n"
    "  mkimage check KERNEL   would it boot, and how is it mapped?\n"
    "  mkimage inspect FILE   what is in an image, a kernel or a boot log: text, JSON, pictures\n"
    "  mkimage run FILE       a kernel or an image in QEMU\n"
    "  mkimage test FILE      the same, with the kernel's verdict as exit status\n"
    "  mkimage state FILE     boot slots of an image or a disk: show, confirm, choose\n"
    "  mkimage netboot DIRECTORY KERNEL   the files for a network boot\n"
    "\n"
    "mkimage VERB --help describes the options. mkimage --version shows the version.\n"
    "\n"
    "Exit status: 0 done, 1 failed, 2 wrong usage, 128 + N ended by signal N; mkimage test has "
    "more.\n";

static const struct {
    const char *name;
    enum exit_status (*run)(int count, char **arguments);
} verbs[] = {
    {"build", verb_build},     {"check", verb_check}, {"inspect", verb_inspect},
    {"netboot", verb_netboot}, {"run", verb_run},     {"state", verb_state},
    {"test", verb_test},
};

/* A result that could not be written is a failure: a full disk, a closed pipe. */
static enum exit_status finish(enum exit_status status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    report_message(
        &(struct mkimage_message){"the result could not be written to the standard output\n"});
    return status == EXIT_DONE ? EXIT_FAILED : status;
}

/* Every module stays open until the image has been verified. */
static void allow_many_files(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int main(int count, char **arguments)
{
    /* A file that grows past a limit is an error to be reported, not a reason to be killed. */
    signal(SIGXFSZ, SIG_IGN);
    /* So is a reader that has seen enough: a verdict is worth more than the output before it. */
    signal(SIGPIPE, SIG_IGN);
    allow_many_files();
    mkimage_clean_up_on_signals();

    if (count < 2)
        return (int)usage_error(NULL, "what is to be done?");
    if (strcmp(arguments[1], "--help") == 0) {
        fputs(help, stdout);
        return (int)finish(EXIT_DONE);
    }
    if (strcmp(arguments[1], "--version") == 0) {
        puts("mkimage (" BOWLINE_NAME ")");
        return (int)finish(EXIT_DONE);
    }
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        if (strcmp(arguments[1], verbs[i].name) == 0)
            return (int)finish(verbs[i].run(count - 1, arguments + 1));
    return (int)finish(verb_build(count, arguments));
}
