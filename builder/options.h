/* SPDX-License-Identifier: MIT */
/* What the verbs' command lines have in common. */
#pragma once

#include "image.h"
#include "report.h"

/* What goes into an image beside the kernel: --module and --command-line. */
struct contents {
    struct mkimage_module *modules; /* to be freed */
    size_t module_count;
    const char *command_line;
};

/*
 * Adds the module that --module FILE[:NAME[:ARGUMENTS]] describes. "\:" stands for a colon that is
 * part of FILE or NAME, "\\" for a backslash; ARGUMENTS are taken as they are. The text is cut up
 * and has to live as long as the contents. False: it names no file.
 */
bool contents_add_module(struct contents *contents, char *text);

/* --scheme and --mbr-type. False: the text says none; *out is as it was. */
bool parse_scheme(const char *text, enum mkimage_scheme *out);
bool parse_mbr_type(const char *text, uint8_t *out);
