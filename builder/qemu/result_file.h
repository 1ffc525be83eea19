/* SPDX-License-Identifier: MIT */
/* The files that a test leaves behind: its report, and pictures of the screen. */
#pragma once

#include "cli/boot_options.h"

/*
 * May they be written, all that the options ask for? None of them is an input of the test, and what
 * they would replace is of their own kind, or empty: a name that was forgotten makes a kernel of
 * the list the report's place.
 */
bool result_files_check(const struct boot_options *options, struct error *error);

/* Writes a report, which appears whole or not at all; a device or a pipe just gets it. */
bool result_file_write(const char *path, const char *text, size_t length, struct error *error);
