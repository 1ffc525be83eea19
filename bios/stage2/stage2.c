/* SPDX-License-Identifier: MIT */
/*
 * Stage 2: makes a 64-bit machine with known memory out of what the BIOS leaves, and loads stage 3.
 *
 * Everything here runs in real mode with all segments 0, so that a pointer is an offset. Until
 * processor_check() has returned, 386 instructions have to do.
 */
#include "a20.h"
#include "console.h"
#include "disk.h"
#include "memory.h"
#include "memory_layout.h"
#include "processor.h"

/* Entered by start.S, which makes the step to 64-bit mode after it. */
struct stage2_report *stage2(uint32_t drive, uint32_t sector_shift,
                             const struct stage2_header *header);

static struct stage2_report report;

struct stage2_report *stage2(uint32_t drive, uint32_t sector_shift,
                             const struct stage2_header *header)
{
    console_start();
    processor_check();
    if (!a20_enable())
        fail("the A20 gate stays shut: BIOS, keyboard controller and port 92h were tried",
             "look for \"Gate A20\" in the firmware's setup, or update the firmware");
    switch (memory_read(&report.memory)) {
    case MEMORY_KNOWN:
        break;
    case MEMORY_UNKNOWN:
        fail("the BIOS does not tell how much memory there is (int 15h E820h, E801h, 88h)",
             "update the firmware");
    case MEMORY_TOO_MANY:
        fail_with("the memory map has more entries than (hexadecimal) ", MEMORY_ENTRIES_MAX,
                  "please report this machine");
    }
    if (memory_low_kib() < LAYOUT_PACKED_STAGE3_END / 1024)
        fail_with("the BIOS leaves too little memory below 640 KiB, in KiB (hexadecimal) ",
                  memory_low_kib(),
                  "switch off in the firmware's setup what is not needed: network boot, RAID");
    report.drive = drive;
    report.sector_shift = sector_shift != 0 ? sector_shift : disk_sector_shift((uint8_t)drive);
    load_stage3((uint8_t)drive, report.sector_shift, header);
    return &report;
}
