/* SPDX-License-Identifier: MIT */
/* The parts of check_file(): one for kernels, one for images. */
#pragma once

#include <stdio.h>

#include "kernel/kernel_report.h"
#include "mkimage.h"
#include "system/host_file.h"

struct check {
    const char *path;
    FILE *report; /* what lies where, and the verdict */
    struct mkimage_check_result *result;
};

/*
 * Both fill the report and the findings. False: the file cannot be read, or this machine has no
 * memory left.
 */
bool check_kernel(struct check *check, struct host_file *file,
                  const struct kernel_report_options *options, struct error *error);
bool check_image(struct check *check, struct reader *image, struct error *error);

/*
 * Adds a finding. The texts of `finding` are copied, and its own text is made of them; `what` is
 * what it says the cause of, as in "FILE: GPT header, bytes 0x200 to 0x3ff". Valid until the next.
 */
struct mkimage_finding *check_add(struct check *check, const struct mkimage_finding *finding,
                                  const char *what);

/* The same of an error. */
struct mkimage_finding *check_add_error(struct check *check, const struct mkimage_finding *finding,
                                        const struct error *error, const char *what);
