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

static void find_memory(void)
{
    bool is_kept = true;

    switch (memory_read(&report.memory)) {
    case MEMORY_KNOWN:
        break;
    case MEMORY_UNKNOWN:
        fail("the BIOS does not tell how much memory there is (int 15h E820h, E801h, 88h)",
             "update the firmware");
    case MEMORY_TOO_MANY:
        is_kept = false;
    }
    if (memory_low_kib() < LAYOUT_PACKED_STAGE3_END / 1024)
        fail_with("the BIOS leaves too little memory below 640 KiB, in KiB (hexadecimal) ",
                  memory_low_kib(),
                  "switch off in the firmware's setup what is not needed: network boot, RAID");
    /* The network ROM lies there, and its card may write there whatever E820h says of it. */
    if (is_kept && report.is_network && memory_low_kib() < LAYOUT_BOUNCE_END / 1024)
        is_kept = memory_reserve(&report.memory, memory_low_kib() * 1024,
                                 LAYOUT_BOUNCE_END - memory_low_kib() * 1024);
    if (!is_kept)
        fail_with("the memory map has more entries than (hexadecimal) ", MEMORY_ENTRIES_MAX,
                  "please report this machine");
}

struct stage2_report *stage2(uint32_t drive, uint32_t sector_shift,
                             const struct stage2_header *header)
{
    console_start();
    processor_check();
    if (!a20_enable())
        fail("the A20 gate stays shut: BIOS, keyboard controller and port 92h were tried",
             "look for \"Gate A20\" in the firmware's setup, or update the firmware");
    report.is_network = sector_shift == STAGE2_FROM_NETWORK;
    report.seal = (uint32_t)&header->seal;
    find_memory();
    if (!report.is_network) {
        report.drive = drive;
        report.sector_shift = sector_shift != 0 ? sector_shift : disk_sector_shift((uint8_t)drive);
    }
    load_stage3(&report, header);
    return &report;
}
