/* SPDX-License-Identifier: MIT */
/* What the loader wants from the ACPI tables: the power management timer. */
#pragma once

#include "format/reader.h"

/* It counts at 3.579545 MHz (ACPI 6.5, 4.8.2.1). */
enum { ACPI_PM_TIMER_HZ = 3579545 };

/*
 * The I/O port of the timer, by RSDP, RSDT or XSDT, and FADT (ACPI 6.5, 5.2). `memory` is physical
 * memory, `rsdp` a valid one's address in it. 0: the machine has none, or its tables are damaged.
 */
uint16_t acpi_find_pm_timer(struct reader *memory, uint64_t rsdp);
