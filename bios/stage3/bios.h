/* SPDX-License-Identifier: MIT */
/* What the parts of stage 3 know of each other; the rest is common/firmware/. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "disk.h"
#include "memory_report.h"

/* Takes over what stage 2 has found. memory.c, files.c, seal.c. */
void memory_start(const struct memory_report *report);
void files_start(const struct stage2_report *report);
void seal_start(const struct stage2_report *report);

/* The disk that the files are on; NULL: they come from a disc or the network. volume.c. */
struct disk *files_disk(void);

/* No file is opened or read from now on, and no device is at work for one. files.c. */
void files_end(void);

/* From now on firmware_must_be_alive() stops. memory.c. */
void memory_end(void);

/* End of the memory below 1 MiB that the BIOS leaves alone. memory.c. */
uint64_t memory_low_end(void);

/*
 * Memory for one file, until the hand-over: makes it `size` bytes large, and keeps what is in it; 0
 * gives it back. NULL: there is not so much in a row, and the file has what it had. memory.c.
 */
void *memory_resize_file(uint64_t size);
