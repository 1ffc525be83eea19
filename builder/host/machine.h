/* SPDX-License-Identifier: MIT */
/*
 * A simulated machine: the third firmware that common/ runs on, beside BIOS and UEFI.
 *
 * The story of a boot runs on it as it does on the real ones, up to the jump into the kernel, and
 * what it leaves in simulated memory can be looked at. Any firmware call can be made to fail.
 */
#pragma once

#include <bowline.h>
#include <stdbool.h>
#include <stddef.h>

#include "firmware/loader_interface.h"
#include "firmware/video.h"
#include "format/reader.h"
#include "format/seal.h"

/* A file of the boot volume: `size` bytes in memory, or what a reader gives. */
struct host_machine_file {
    const char *path;
    const void *bytes;
    uint64_t size;
    struct reader *reader; /* NULL: `bytes`; else those two are ignored */
};

/* How a boot ended. */
enum host_end {
    HOST_STARTED_KERNEL, /* reached handover_switch() */
    HOST_GAVE_UP,        /* went back to the firmware */
    HOST_RESET,
    HOST_HALTED,
    HOST_SWITCHED_OFF,
    HOST_HAS_NO_MEMORY, /* to simulate the machine's: nothing has happened */
};

enum { HOST_REGIONS_MAX = 600, HOST_LOG_MAX = 32 * 1024, HOST_PATIENCE = 30 /* keys */ };

struct host_machine {
    /* What the machine is: filled in before the boot. */
    uint64_t memory_size; /* bytes of simulated address space, from 0 */
    uint64_t region_count;
    uint64_t region_capacity; /* the most that the raw memory map may have, as the firmware says */
    struct bowline_memory_region regions[HOST_REGIONS_MAX]; /* the raw memory map */
    const struct host_machine_file *files;
    size_t file_count;
    struct bowline_boot_device boot_device; /* as firmware_find_boot_device() tells it */
    uint8_t *disk;                          /* the boot disk, by its bytes; NULL: there is none */
    uint64_t disk_size;
    uint32_t disk_sector_size;
    bool is_disk_read_only;
    bool fails_after_writing; /* to the disk: as when it cannot be flushed */
    uint64_t unreadable_byte; /* of the disk: reads of it fail until it is written; 0: none */
    struct video_modes video;
    uint64_t framebuffer; /* physical; outside of the simulated memory */
    bool has_vga_text;
    const char *load_options;    /* as firmware_load_options() tells them; NULL: none */
    struct loader_wishes wishes; /* as firmware_take_wishes() tells them */
    bool has_long_mode;
    bool has_nx;
    bool has_1gib_pages;
    bool has_five_levels; /* of page tables */
    bool runs_with_five_levels;
    bool runs_in_32_bit_mode;
    uint64_t tsc;
    uint32_t timer; /* what a 32-bit port reads, after adding this: */
    uint32_t timer_step;
    const struct seal *seal; /* of the loader; NULL: one that takes every boot.conf */
    uint64_t time;           /* Unix seconds; 0: the clock is unreadable */
    uint64_t random;         /* state of the processor's random numbers; 0: it has none */
    uint64_t kept_page;      /* that a reset has left as it was; 0: none */
    const void *kept;        /* its bytes */
    const char *keys;        /* that somebody presses, one each second; NULL: nobody is there yet */
    unsigned failing_call;   /* the firmware call that fails, from 1; 0: none */

    /* What became of it: filled in by the boot. */
    unsigned calls;      /* firmware calls that could have failed */
    unsigned open_files; /* opened and not closed */
    unsigned disk_writes;
    uint64_t claimed_pages;
    uint64_t milliseconds; /* that were waited in all */
    unsigned pressed_keys;
    bool is_taken_over;
    uint32_t told_entries;             /* as many firmware_tell_entries() was told of */
    char told_start[LOADER_WISH_SIZE]; /* the entry that firmware_tell_start() was told of last */
    char chainloaded[256]; /* the application that was started and came back, and its options */
    uint64_t root;         /* what handover_switch() was called with */
    uint64_t resident;
    uint64_t enter;
    size_t log_length; /* of what was written to the debug console */
    char log[HOST_LOG_MAX];

    uint8_t *memory;
};

/* A PC with this much RAM (at least 2 MiB), no graphics, an NX bit and no files. */
void host_machine_init(struct host_machine *machine, uint64_t ram);

/* Adds a region to the raw memory map. */
void host_machine_add_region(struct host_machine *machine, uint64_t base, uint64_t length,
                             uint64_t kind);

/*
 * Gives the machine its memory and makes it the one that firmware functions work on: for tests of
 * single modules. host_machine_boot() does it on its own. False: the host has no memory for it.
 */
bool host_machine_power_on(struct host_machine *machine);

/* Runs the boot story. One boot at a time in a process; its memory stays until the release. */
enum host_end host_machine_boot(struct host_machine *machine);

void host_machine_release(struct host_machine *machine);
