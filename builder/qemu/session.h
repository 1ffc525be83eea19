/* SPDX-License-Identifier: MIT */
/* One machine under test: QEMU, what the guest says, and what becomes of it. */
#pragma once

#include "cli/boot_options.h"
#include "qemu/monitor.h"

/* What is left to tell when it is over. */
struct session_end {
    struct observation observation;
    bool has_registers;
    uint64_t instruction_pointer, fault_address;
    bool has_pictures;          /* all that were asked for */
    struct error picture_error; /* why a picture could not be put into its place */
    char *loader_log; /* what was said on the debug console, to be freed; NULL: not asked for */
    size_t loader_log_length;
    const char *missing; /* the first text that was expected and has not appeared, or NULL */
    bool is_unread;      /* the end of the output could not be shown */
};

/*
 * Starts the machine on the bench, shows its serial port (its debug console when it has none) on
 * standard output, and ends it as soon as there is a verdict. False: QEMU could not be started.
 */
bool session_run(struct workbench *bench, const struct boot_options *options,
                 struct session_end *out, struct error *error);
