/* SPDX-License-Identifier: MIT */
/* What mkimage says to a person. Results go to stdout, everything else to stderr. */
#pragma once

#include "base/error.h"
#include "cli/verbs.h"
#include "mkimage.h"

/* "mkimage: error: " or "mkimage: note: ", to be followed by what it is. */
void report_begin(bool is_error);

/* A text on stderr, without the characters that a terminal obeys: names may have any. */
void report_text(const char *text);

/* "mkimage: error: OBJECT: CAUSE [name]", then what to do. Returns EXIT_FAILED. */
enum exit_status report_error(const struct error *error);

/* The same of a message of the library. */
enum exit_status report_message(const struct mkimage_message *message);

/* "mkimage: note: ..." */
__attribute__((format(printf, 1, 2))) void report_note(const char *format, ...);

/*
 * A wrong command line: "mkimage: error: ..." and a pointer to the help of `verb` (NULL: none).
 * Returns EXIT_USAGE.
 */
__attribute__((format(printf, 2, 3))) enum exit_status usage_error(const char *verb,
                                                                   const char *format, ...);

/*
 * Says what getopt_long() has just stumbled over: `result` is ':' or '?', with opterr 0 and an
 * option string that begins with ':'. Returns EXIT_USAGE.
 */
enum exit_status report_option(const char *verb, int result, char *const arguments[]);
