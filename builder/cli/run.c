/* SPDX-License-Identifier: MIT */
/* mkimage run: a kernel or an image in QEMU, to look at and to work with. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/boot_options.h"
#include "qemu/debugger.h"
#include "qemu/watch.h"
#include "system/process.h"

static const char help[] =
    "usage: mkimage run [OPTION]... KERNEL|IMAGE|DIRECTORY [-- QEMU ARGUMENT...]\n"
    "\n"
    "Runs a kernel, or an image that mkimage has written, in QEMU. The serial port is on the\n"
    "terminal (Ctrl-A X ends QEMU, Ctrl-A C is its monitor); a window opens where there is a\n"
    "display. An image is written to by the machine, as a disk is. A DIRECTORY that mkimage "
    "netboot\n"
    "has written is booted over a network, on which there is nothing else.\n"
    "\n"
    "  --gdb                 stop at the kernel's first instruction, and print the command line of "
    "gdb\n"
    "                        that goes on from there, with the symbols where the kernel lies\n"
    "  --watch               start anew whenever the kernel, or what goes with it, is written "
    "again\n";

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);

    return value != NULL && value[0] != '\0';
}

/*
 * A /dev/kvm may be there on a machine whose processor cannot do it (nested and cloud machines):
 * QEMU then aborts or crawls.
 */
static bool can_virtualise(void)
{
    FILE *file = fopen("/proc/cpuinfo", "r");
    char *line = NULL;
    size_t capacity = 0;
    bool is_able = false;
    int device;

    if (file == NULL)
        return false;
    while (!is_able && getline(&line, &capacity, file) >= 0) {
        if (strncmp(line, "flags", 5) != 0)
            continue;
        strtok(line, " \n");
        for (char *flag; !is_able && (flag = strtok(NULL, " \n")) != NULL;)
            is_able = strcmp(flag, "vmx") == 0 || strcmp(flag, "svm") == 0;
    }
    free(line);
    fclose(file);
    if (!is_able)
        return false;
    device = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    if (device >= 0)
        close(device);
    return device >= 0;
}

/* What an image is made of: with --watch a change of any of it starts the machine anew. */
static void watch_inputs(const struct boot_options *options, struct watch *watch)
{
    const struct contents *contents = &options->contents;

    watch_add(watch, options->file);
    if (contents->config != NULL)
        watch_add(watch, contents->config);
    for (size_t i = 0; i < contents->module_count; i++)
        watch_add(watch, contents->modules[i].path);
    for (size_t i = 0; i < contents->file_count; i++)
        watch_add(watch, contents->files[i].source);
}

static bool start(const struct command *command, struct debugger *debugger, pid_t *child,
                  struct error *error)
{
    struct process_spec spec = {.command = command};

    if (debugger == NULL)
        return process_start(&spec, child, error);
    spec.inherited = (const int[]){debugger->lines.gdb, debugger->lines.debugcon};
    spec.inherited_count = 2;
    if (!process_start(&spec, child, error))
        return false;
    debugger_start(debugger);
    return true;
}

/* Waits for whatever comes first; a signal interrupts it. */
static void wait_for_events(const struct watch *watch, struct debugger *debugger)
{
    int timeout = watch != NULL ? WATCH_MILLISECONDS : -1;
    struct pollfd line = {.fd = -1, .events = POLLIN};

    if (debugger != NULL) {
        int limit = debugger_timeout(debugger);

        line.fd = debugger_descriptor(debugger);
        if (timeout < 0 || (limit >= 0 && limit < timeout))
            timeout = limit;
    }
    if (interruption_wait(&line, 1, timeout) >= 0 && debugger != NULL)
        debugger_hear(debugger);
}

/*
 * Runs QEMU to its end, to the signal that ends mkimage, or to a change of what is watched. `watch`
 * and `debugger` may be NULL.
 */
static enum exit_status run(const struct command *command, struct watch *watch,
                            struct debugger *debugger, bool *has_changed)
{
    struct error error = {0};
    int status = 0;
    pid_t child;

    if (!start(command, debugger, &child, &error))
        return report_error(&error);
    while (!process_has_ended(child, &status)) {
        if (interruption_signal() != 0) {
            process_end(child);
            return EXIT_FAILED;
        }
        if (watch != NULL && watch_has_changed(watch)) {
            process_end(child);
            *has_changed = true;
            return EXIT_DONE;
        }
        wait_for_events(watch, debugger);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return EXIT_DONE;
    if (WIFEXITED(status))
        fprintf(stderr, "mkimage run: QEMU ended with status %d\n", WEXITSTATUS(status));
    else
        fprintf(stderr, "mkimage run: QEMU was ended by signal %d\n", WTERMSIG(status));
    return EXIT_FAILED;
}

static enum exit_status run_debugged(struct workbench *bench, const struct boot_options *options,
                                     struct watch *watch, bool *has_changed)
{
    struct debugger debugger;
    struct command command = {0};
    struct error error = {0};
    enum exit_status status = EXIT_FAILED;

    if (debugger_prepare(&debugger, workbench_is_finished(options->file) ? NULL : options->file,
                         &error)) {
        bench->machine.debugger = &debugger.lines;
        qemu_command(&command, &bench->machine);
        bench->machine.debugger = NULL;
        status = run(&command, watch, &debugger, has_changed);
    } else {
        report_error(&error);
    }
    command_free(&command);
    debugger_free(&debugger);
    return status;
}

/* One life of the machine. */
static enum exit_status set_up_and_run(const struct boot_options *options, struct watch *watch,
                                       bool *has_changed)
{
    struct workbench bench = {0};
    struct command command = {0};
    struct error error = {0};
    enum exit_status status = EXIT_FAILED;

    if (!workbench_set_up(&bench, options, &error)) {
        status = report_error(&error);
    } else if (interruption_signal() == 0) {
        bench.machine.is_accelerated = can_virtualise();
        bench.machine.has_display = is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
        if (options->is_debugged) {
            status = run_debugged(&bench, options, watch, has_changed);
        } else {
            qemu_command(&command, &bench.machine);
            status = run(&command, watch, NULL, has_changed);
        }
    }
    command_free(&command);
    workbench_free(&bench);
    return status;
}

/* A kernel that cannot be built into an image now may be one that can later. */
static enum exit_status run_and_watch(const struct boot_options *options)
{
    struct watch watch = {0};
    enum exit_status status;
    bool has_changed;

    watch_inputs(options, &watch);
    do {
        has_changed = false;
        status = set_up_and_run(options, &watch, &has_changed);
        while (status != EXIT_DONE && !has_changed && interruption_signal() == 0) {
            interruption_wait(NULL, 0, WATCH_MILLISECONDS);
            has_changed = watch_has_changed(&watch);
        }
        if (has_changed)
            fprintf(stderr, "mkimage run: the files have changed: once more\n");
    } while (has_changed && interruption_signal() == 0);
    watch_free(&watch);
    return status;
}

enum exit_status verb_run(int count, char **arguments)
{
    struct boot_options options;
    enum exit_status status = boot_options_parse(&options, false, count, arguments);

    if (status == EXIT_DONE && options.is_help) {
        printf("%s%s", help, boot_options_help);
    } else if (status == EXIT_DONE && options.is_watched && workbench_is_finished(options.file)) {
        status =
            usage_error("run", "--watch is for a kernel: the machine itself writes to an image");
    } else if (status == EXIT_DONE) {
        interruption_begin();
        status =
            options.is_watched ? run_and_watch(&options) : set_up_and_run(&options, NULL, NULL);
        interruption_end();
    }
    contents_free(&options.contents);
    return status;
}
