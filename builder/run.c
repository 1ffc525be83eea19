/* SPDX-License-Identifier: MIT */
/* mkimage run: a kernel or an image in QEMU, to look at and to work with. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "boot_options.h"
#include "process.h"

static const char help[] =
    "usage: mkimage run [OPTION]... KERNEL|IMAGE|DIRECTORY [-- QEMU ARGUMENT...]\n"
    "\n"
    "Runs a kernel, or an image that mkimage has written, in QEMU. The serial port is on the\n"
    "terminal (Ctrl-A X ends QEMU, Ctrl-A C is its monitor); a window opens where there is a\n"
    "display. An image is written to by the machine, as a disk is. A DIRECTORY that mkimage "
    "netboot\n"
    "has written is booted over a network, on which there is nothing else.\n"
    "\n";

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

/* Runs QEMU to its end, or to the signal that ends mkimage. */
static enum exit_status run(const struct command *command)
{
    struct process_spec spec = {.command = command};
    struct error error = {0};
    int status = 0;
    pid_t child;

    if (!process_start(&spec, &child, &error))
        return report_error(&error);
    while (!process_has_ended(child, &status)) {
        if (interruption_signal() != 0) {
            process_end(child);
            return EXIT_FAILED;
        }
        interruption_wait(NULL, 0, -1);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return EXIT_DONE;
    if (WIFEXITED(status))
        fprintf(stderr, "mkimage run: QEMU ended with status %d\n", WEXITSTATUS(status));
    else
        fprintf(stderr, "mkimage run: QEMU was ended by signal %d\n", WTERMSIG(status));
    return EXIT_FAILED;
}

enum exit_status verb_run(int count, char **arguments)
{
    struct boot_options options;
    struct workbench bench = {0};
    struct command command = {0};
    struct error error = {0};
    enum exit_status status = boot_options_parse(&options, false, count, arguments);

    if (status == EXIT_DONE && options.is_help) {
        printf("%s%s", help, boot_options_help);
    } else if (status == EXIT_DONE) {
        interruption_begin();
        if (!workbench_set_up(&bench, &options, &error)) {
            status = report_error(&error);
        } else if (interruption_signal() == 0) {
            bench.machine.is_accelerated = can_virtualise();
            bench.machine.has_display = is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
            qemu_command(&command, &bench.machine);
            status = run(&command);
        }
        command_free(&command);
        workbench_free(&bench);
        interruption_end();
    }
    contents_free(&options.contents);
    return status;
}
