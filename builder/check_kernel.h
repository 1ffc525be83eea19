/* SPDX-License-Identifier: MIT */
/* mkimage check KERNEL: prints a kernel's report for people. inspect has it for machines. */
#pragma once

#include "host_file.h"
#include "kernel_report.h"
#include "verbs.h"

enum exit_status check_kernel(const char *path, struct host_file *file,
                              const struct kernel_report_options *options);
