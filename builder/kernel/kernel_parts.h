/* SPDX-License-Identifier: MIT */
/* The parts of kernel_report_make(). Each fills its part of the report; see kernel_report.h. */
#pragma once

#include "kernel/kernel_file.h"
#include "kernel/kernel_report.h"

/*
 * Boots the kernel, whose facts kernel_check() has accepted, on a simulated PC. `installed` is what
 * an image has of it. False: this machine has no memory for that.
 */
bool kernel_plan_make(const struct kernel_file *file, struct reader *installed,
                      const struct kernel_facts *facts, const struct kernel_report_options *options,
                      struct kernel_plan *out, struct error *error);

/* Counts what relocations_apply() has accepted. */
bool kernel_relocations_count(const struct kernel_file *file, const struct kernel_facts *facts,
                              struct kernel_report *out, struct error *error);

bool kernel_waste_find(const struct kernel_file *file, const struct kernel_facts *facts,
                       struct kernel_waste *out, struct error *error);

/* After all the others. */
void kernel_warnings_find(const struct kernel_file *file, struct kernel_report *report);
