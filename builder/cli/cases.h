/* SPDX-License-Identifier: MIT */
/*
 * Several tests in one call: each boot in a mkimage of its own, some of them at a time, and what
 * became of all of them, for a person and for a build server.
 */
#pragma once

#include "cli/boot_options.h"

/*
 * All files of the options, and each by both firmwares if that is wanted. `test` runs one of them
 * in a child process, whose output is caught, and returns its verdict. Prints each output whole, in
 * the order in which the tests end; the first that did not pass gives the exit status.
 */
enum exit_status cases_run(const struct boot_options *options,
                           enum exit_status (*test)(const struct boot_options *options));
