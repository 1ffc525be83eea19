/* SPDX-License-Identifier: MIT */
/* Structures of the BIOS's extended disk services (T13 1572D, EDD-3). */
#pragma once

#include <stdint.h>

/* Argument of AH=42h. The BIOS changes `sectors` when a read fails. */
struct disk_packet {
    uint8_t size;
    uint8_t reserved0;
    uint16_t sectors; /* at most 127, and no crossing of 64 KiB: not every BIOS splits */
    uint16_t offset;
    uint16_t segment;
    uint64_t lba;
};
_Static_assert(sizeof(struct disk_packet) == 16, "EDD-3, table 8");

/* Result of AH=48h, as far as all versions have it. */
struct disk_parameters {
    uint16_t size;
    uint16_t flags;
    uint32_t cylinders, heads, sectors_per_track;
    uint64_t sectors;
    uint16_t sector_size; /* bytes */
} __attribute__((packed));
_Static_assert(sizeof(struct disk_parameters) == 26, "EDD-3, table 10");
