/* SPDX-License-Identifier: MIT */
/* Asking the BIOS what memory there is. */
#pragma once

#include <stdbool.h>

#include "memory_report.h"

enum memory_result {
    MEMORY_KNOWN,
    MEMORY_UNKNOWN,  /* none of the services that tell is there */
    MEMORY_TOO_MANY, /* more than MEMORY_ENTRIES_MAX ranges */
};

/* Asks int 12h how many KiB, from address 0 on, the BIOS leaves below its own data. */
uint32_t memory_low_kib(void);

/* Adds a range that nobody may use. False: there is no room for it. */
bool memory_reserve(struct memory_report *out, uint32_t base, uint32_t length);

/*
 * Asks int 15h AX=E820h, and where there is no such service AX=E801h, and then AH=88h. Leaves out
 * empty ranges and those that the BIOS asks to ignore. *out lies below 64 KiB.
 */
enum memory_result memory_read(struct memory_report *out);
