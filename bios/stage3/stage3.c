/* SPDX-License-Identifier: MIT */
/* Stage 3: the shared core, on top of the BIOS. */
#include "bios.h"
#include "boot/boot.h"
#include "console/serial.h"
#include "cpu/cpu.h"
#include "fault.h"

/* Entered by start.S, on its own stack, with interrupts off. */
_Noreturn void stage3(const struct stage2_report *report);

void stage3(const struct stage2_report *report)
{
    uint64_t entered = cpu_read_tsc();

    debugcon_write("3\n", 2);
    fault_start();
    memory_start(&report->memory);
    files_start(report);
    seal_start(report);
    boot(entered);
}
