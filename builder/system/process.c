/* SPDX-License-Identifier: MIT */
#include "system/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/units.h"

enum {
    POLITE_MILLISECONDS = 2000,
    PATIENCE_MILLISECONDS = 100,
};

static const int watched[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD, SIGALRM};
static struct sigaction previous_actions[COUNT_OF(watched)];
static sigset_t previous_mask;
static volatile sig_atomic_t received;

static bool is_request(int signal)
{
    return signal != SIGCHLD && signal != SIGALRM;
}

static void remember_signal(int signal)
{
    if (is_request(signal))
        received = signal;
}

void interruption_begin(void)
{
    struct sigaction action = {.sa_handler = remember_signal};
    sigset_t mask;

    received = 0;
    sigemptyset(&mask);
    for (size_t i = 0; i < COUNT_OF(watched); i++)
        sigaddset(&mask, watched[i]);
    sigprocmask(SIG_BLOCK, &mask, &previous_mask);
    for (size_t i = 0; i < COUNT_OF(watched); i++) {
        sigaction(watched[i], NULL, &previous_actions[i]);
        /* What the caller ignores stays ignored: nohup does that to SIGHUP. */
        if (previous_actions[i].sa_handler != SIG_IGN || !is_request(watched[i]))
            sigaction(watched[i], &action, NULL);
    }
}

int interruption_wait(struct pollfd *descriptors, nfds_t count, int timeout)
{
    struct timespec time = {timeout / 1000, timeout % 1000 * 1000000L};

    return ppoll(descriptors, count, timeout < 0 ? NULL : &time, &previous_mask);
}

ssize_t interruption_write(int descriptor, const void *data, size_t length)
{
    static const struct itimerval none;
    /* Again and again: the first alarm may come before write() has begun to wait. */
    static const struct itimerval patience = {
        .it_value.tv_usec = PATIENCE_MILLISECONDS * 1000,
        .it_interval.tv_usec = PATIENCE_MILLISECONDS * 1000,
    };
    sigset_t open = previous_mask, mask;
    ssize_t written;
    int cause;

    sigdelset(&open, SIGALRM);
    setitimer(ITIMER_REAL, &patience, NULL);
    sigprocmask(SIG_SETMASK, &open, &mask);
    written = write(descriptor, data, length);
    cause = errno;
    setitimer(ITIMER_REAL, &none, NULL); /* before the mask: no alarm is left for later */
    sigprocmask(SIG_SETMASK, &mask, NULL);
    errno = cause;
    return written;
}

int interruption_signal(void)
{
    return received;
}

void interruption_end(void)
{
    int signal = received;

    for (size_t i = 0; i < COUNT_OF(watched); i++)
        sigaction(watched[i], &previous_actions[i], NULL);
    sigprocmask(SIG_SETMASK, &previous_mask, NULL);
    if (signal != 0)
        raise(signal);
}

char *process_find(const char *program)
{
    const char *directory = getenv("PATH");
    char path[PATH_MAX];

    while (directory != NULL && *directory != '\0') {
        size_t length = strcspn(directory, ":");
        int written = snprintf(path, sizeof(path), "%.*s/%s", (int)length, directory, program);

        if (written < (int)sizeof(path) && access(path, X_OK) == 0)
            return strdup(path);
        directory += length + (directory[length] == ':');
    }
    return NULL;
}

/* In the child. Returns only when the program cannot be run. */
static void become(const struct process_spec *spec, pid_t parent)
{
    if (spec->is_detached) {
        int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

        setpgid(0, 0);
        if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0)
            return;
    }
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        return; /* mkimage died before the line above */
#else
    (void)parent;
#endif
    for (size_t i = 0; i < spec->inherited_count; i++)
        fcntl(spec->inherited[i], F_SETFD, 0);
    for (size_t i = 0; i < COUNT_OF(watched); i++)
        if (previous_actions[i].sa_handler != SIG_IGN)
            signal(watched[i], SIG_DFL);
    if (spec->temporary != NULL)
        setenv("TMPDIR", spec->temporary, 1);
    signal(SIGPIPE, SIG_DFL); /* main() ignores these */
    signal(SIGXFSZ, SIG_DFL);
    sigprocmask(SIG_SETMASK, &previous_mask, NULL);
    execv(spec->command->items[0], spec->command->items);
}

bool process_start(const struct process_spec *spec, pid_t *out, struct error *error)
{
    int report[2]; /* carries errno when the program cannot be run, else nothing */
    int cause = 0;
    pid_t parent = getpid();
    pid_t child;

    if (pipe2(report, O_CLOEXEC) != 0)
        return FAIL_WITH(error, QEMU_START, strerror(errno), 0);
    child = fork();
    if (child == 0) {
        become(spec, parent);
        cause = errno;
        if (write(report[1], &cause, sizeof(cause)) < 0)
            _exit(126);
        _exit(127);
    }
    close(report[1]);
    if (child < 0)
        cause = errno;
    else if (read(report[0], &cause, sizeof(cause)) > 0)
        waitpid(child, NULL, 0);
    close(report[0]);
    if (cause != 0) {
        (void)FAIL_WITH(error, QEMU_START, strerror(cause), 0);
        return error_in(error, spec->command->items[0]);
    }
    *out = child;
    return true;
}

bool process_has_ended(pid_t child, int *status)
{
    return waitpid(child, status, WNOHANG) == child;
}

void process_end(pid_t child)
{
    struct timespec pause = {0, 10 * 1000000L};

    kill(child, SIGTERM);
    for (int waited = 0; waited < POLITE_MILLISECONDS; waited += 10) {
        if (waitpid(child, NULL, WNOHANG) != 0)
            return;
        nanosleep(&pause, NULL);
    }
    process_kill(child);
}

void process_kill(pid_t child)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}
