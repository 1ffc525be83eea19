/* SPDX-License-Identifier: MIT */
/* The verbs of mkimage. arguments[0] is the verb's name, as getopt_long() expects one there. */
#pragma once

/* Exit statuses. docs and --help state them; scripts rely on them. */
enum exit_status {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,          /* said why on stderr */
    EXIT_USAGE = 2,           /* wrong command line */
    EXIT_TEST_FAILED = 10,    /* mkimage test: the kernel said so */
    EXIT_TEST_FAULT = 11,     /* it ended on the loader's fault screen */
    EXIT_TEST_RESET = 12,     /* triple fault, or the kernel reset the machine */
    EXIT_TEST_HANG = 13,      /* no verdict within the time limit */
    EXIT_TEST_LOADER = 14,    /* the loader refused to boot */
    EXIT_TEST_POWER_OFF = 15, /* the machine went off without a verdict */
    EXIT_TEST_NO_QEMU = 16,   /* QEMU did not start, or died */
};

enum exit_status verb_build(int count, char **arguments);
enum exit_status verb_check(int count, char **arguments);
enum exit_status verb_inspect(int count, char **arguments);
enum exit_status verb_netboot(int count, char **arguments);
enum exit_status verb_run(int count, char **arguments);
enum exit_status verb_state(int count, char **arguments);
enum exit_status verb_test(int count, char **arguments);
