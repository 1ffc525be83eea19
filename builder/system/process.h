/* SPDX-License-Identifier: MIT */
/* Another program as a child that never outlives mkimage, and the signals that end both. */
#pragma once

#include <poll.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "system/command.h"

/*
 * From here to interruption_end() SIGINT, SIGTERM, SIGHUP and SIGQUIT only interrupt
 * interruption_wait(), as the end of a child does, so that whoever waits there can clean up.
 */
void interruption_begin(void);

/* poll() that signals interrupt; -1 with EINTR then. Timeout in milliseconds, -1: none. */
int interruption_wait(struct pollfd *descriptors, nfds_t count, int timeout);

/*
 * write() that waits for its reader no longer than PATIENCE_MILLISECONDS, and that signals
 * interrupt; -1 with EINTR then. It works on everything that a standard output can be: O_NONBLOCK
 * would be shared with whoever else has it, and poll() promises no more than one byte of a
 * terminal.
 */
ssize_t interruption_write(int descriptor, const void *data, size_t length);

/* The signal that asked for the end, or 0. */
int interruption_signal(void);

/* Back to normal. A signal that has come meanwhile now takes its usual effect: mkimage ends. */
void interruption_end(void);

/* Full path of a program in PATH, to be freed; NULL: it is not there. */
char *process_find(const char *program);

struct process_spec {
    const struct command *command; /* its first item is the path */
    const int *inherited;          /* descriptors that stay open; all others are closed on exec */
    size_t inherited_count;
    const char *temporary; /* where it puts its temporary files; NULL: where we do */
    bool is_detached;      /* a process group of its own and no standard input: no terminal */
};

/* Starts the child. It is killed when mkimage dies, however that happens. */
bool process_start(const struct process_spec *spec, pid_t *out, struct error *error);

/* Has the child ended? Then *status is as from waitpid(). */
bool process_has_ended(pid_t child, int *status);

/* Ends the child and takes its status: politely at first, so that it can write what it has to. */
void process_end(pid_t child);

/* Ends the child at once. */
void process_kill(pid_t child);
