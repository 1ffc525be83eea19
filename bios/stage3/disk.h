/* SPDX-License-Identifier: MIT */
/* A disk of the BIOS as a reader of bytes (int 13h extensions, EDD-3). */
#pragma once

#include "bios_call.h"
#include "disk_packet.h"
#include "format/reader.h"
#include "regions.h"

/* What the BIOS reads and writes on the way. It lies below 1 MiB. */
enum { DISK_SLICES_MAX = 8 };
struct disk_requests {
    struct disk_packet packets[DISK_SLICES_MAX];
    struct bios_call calls[DISK_SLICES_MAX];
    struct disk_parameters parameters;
};

struct disk {
    struct reader reader;
    struct disk_requests *requests;
    struct range bounce; /* below 1 MiB, begins on 64 KiB: what the BIOS can reach */
    uint32_t sector_size;
    uint32_t request_sectors; /* the most that is asked for at once */
    bool is_halved;           /* a failure has made request_sectors smaller */
    uint8_t drive;

    /* Sectors that the bounce buffer holds now: reads of them take no trip to the BIOS. */
    uint64_t held_lba;
    uint64_t held_count;
};

/* Asks the BIOS for the disk's size. */
void disk_init(struct disk *disk, uint8_t drive, uint32_t sector_size,
               struct disk_requests *requests, struct range bounce);

/* Writes whole sectors. What is read next comes from the disk. */
bool disk_write(struct disk *disk, uint64_t offset, uint64_t length, const void *from,
                struct error *error);
