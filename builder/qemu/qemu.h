/* SPDX-License-Identifier: MIT */
/* A machine, and the QEMU command line that is that machine. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "system/command.h"

#define QEMU_PROGRAM "qemu-system-x86_64"

/* What the image is plugged into; _4K: as a disk whose sectors have 4096 bytes. */
enum disk_kind {
    DISK_AHCI,
    DISK_IDE,
    DISK_VIRTIO,
    DISK_VIRTIO_4K,
    DISK_SCSI,
    DISK_SCSI_4K,
    DISK_NVME,
    DISK_NVME_4K,
    DISK_USB,
    DISK_USB_EHCI,
    DISK_CD,     /* a CD drive of AHCI */
    DISK_CD_IDE, /* a CD drive of IDE */
    DISK_NONE,   /* the drive is there as "disk", and whoever uses the machine plugs it in */
    DISK_KINDS,
};

/* "ahci" and so on; NULL past the last one. */
const char *disk_kind_name(unsigned int kind);
uint32_t disk_sector_size(enum disk_kind kind); /* bytes */

/* What `mkimage test` listens to: file descriptors that QEMU inherits. */
struct machine_lines {
    int serial;   /* writable: what the guest says on COM1 */
    int debugcon; /* writable: what it says on port 0xe9 */
    int monitor;  /* a socket: QEMU's machine protocol */
};

/* What `mkimage run --gdb` holds on to: file descriptors that QEMU inherits. */
struct machine_debugger {
    int gdb;      /* a socket that listens: for debuggers */
    int debugcon; /* writable: what the guest says on port 0xe9 */
};

struct machine {
    const char *qemu;               /* path of the program */
    const char *image;              /* a raw disk image; NULL: none */
    const char *directory;          /* to boot from over the network instead; NULL: none */
    const char *firmware_code;      /* OVMF; NULL: SeaBIOS, which QEMU brings along */
    const char *firmware_variables; /* this machine's own copy */
    bool is_uefi_32;                /* that firmware runs in 32-bit mode */
    const char *memory;             /* as QEMU writes sizes: "256M" */
    const char *cpu;
    const char *processors;
    enum disk_kind disk;
    bool has_serial;
    bool is_accelerated;                     /* by KVM */
    bool has_display;                        /* a window, not only the serial port */
    const struct machine_lines *lines;       /* a test; NULL: a machine to use by hand */
    const struct machine_debugger *debugger; /* NULL: none */
    char *const *extra;                      /* the user's own arguments, which come last */
    int extra_count;
};

/*
 * A test's machine stands still until it is told to go on, writes nothing to the image, stops
 * instead of being reset or switched off, and ends with status value << 1 | 1 when the guest
 * writes a value to port 0xf4. One with a debugger stands still until that lets it go on, and stops
 * instead of being reset or switched off.
 */
void qemu_command(struct command *command, const struct machine *machine);
