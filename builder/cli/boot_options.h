/* SPDX-License-Identifier: MIT */
/* The command lines of `mkimage run` and `mkimage test`, and the machine they ask for. */
#pragma once

#include <stdbool.h>

#include "cli/contents.h"
#include "qemu/ovmf.h"
#include "qemu/qemu.h"

enum { PICTURES_MAX = 8, EXPECTED_MAX = 8 };

struct boot_options {
    const char *file; /* a kernel, an image, or a directory of `mkimage netboot` */
    struct contents contents;
    bool is_bios;    /* neither: by 64-bit UEFI firmware */
    bool is_uefi_32; /* by 32-bit UEFI firmware */
    bool is_help;    /* asked for: nothing else is set */
    bool has_serial;
    const char *cpu;
    char memory[24];     /* as QEMU writes sizes: "256M" */
    char processors[12]; /* how many */
    enum disk_kind disk;
    char *const *extra; /* what follows "--" */
    int extra_count;

    /* of `run` */
    bool is_watched;  /* start anew when the files change */
    bool is_debugged; /* stop at the kernel's first instruction, for gdb */

    /* of a test */
    int time_limit;    /* seconds */
    const char *until; /* NULL, or the text on the serial port that means "passed" */
    const char *expected[EXPECTED_MAX]; /* texts without which nothing has passed */
    int expected_count;
    int success_code;   /* what a kernel that has passed writes to port 0xf4 */
    char *const *files; /* all that are to be tested; the first is `file` */
    int file_count;
    bool is_both;      /* each by BIOS and by UEFI */
    int jobs;          /* at a time */
    bool is_timed;     /* say where the time of the boot went */
    const char *junit; /* NULL, or where the report goes */
    const char *pictures[PICTURES_MAX];
    int picture_count;
};

/* The options that both verbs take, for their --help. */
extern const char boot_options_help[];

/*
 * arguments[0] is the verb's name. EXIT_DONE, or EXIT_USAGE after saying why. `is_test`: take the
 * options of a test too. options->contents is to be freed either way.
 */
enum exit_status boot_options_parse(struct boot_options *options, bool is_test, int count,
                                    char **arguments);

/* What stands ready to be switched on, and what has to be put away afterwards. */
struct workbench {
    struct machine machine;
    struct ovmf ovmf;
    char *qemu;
    char *directory; /* temporary: a kernel's image, the machine's variable store */
    char *image;
    char *variables;
};

/* Is there an image already, or a directory of `mkimage netboot`? */
bool workbench_is_finished(const char *path);

/* Builds the image if the file is a kernel, finds QEMU and its firmware. */
bool workbench_set_up(struct workbench *bench, const struct boot_options *options,
                      struct error *error);

/* Deletes the temporary files. QEMU, once it has opened them, goes on using them. */
void workbench_delete_files(struct workbench *bench);
void workbench_free(struct workbench *bench);
