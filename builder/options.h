/* SPDX-License-Identifier: MIT */
/* What the verbs' command lines have in common. */
#pragma once

#include "image.h"
#include "verbs.h"

/* What goes into an image beside the kernel: --module and --command-line. */
struct contents {
    struct image_module *modules; /* to be freed */
    size_t module_count;
    const char *command_line;
};

/*
 * Adds the module that --module FILE[:NAME[:ARGUMENTS]] describes. The text is cut at its colons
 * and has to live as long as the contents. False: it names no file.
 */
bool contents_add_module(struct contents *contents, char *text);

/* "mkimage VERB: TEXT", and where help is. Always EXIT_USAGE. */
__attribute__((format(printf, 2, 3))) enum exit_status usage_error(const char *verb,
                                                                   const char *format, ...);

/* The error with its remedy on stderr. Always EXIT_FAILED. */
enum exit_status report_error(const struct error *error);
