/* SPDX-License-Identifier: MIT */
/*
 * What makes an image a disc: an ISO 9660 file system that lies beside the partitions, and a boot
 * catalog that leads a BIOS to stage 1 for discs and UEFI to the EFI system partition.
 */
#pragma once

#include "disk/iso9660.h"
#include "format/gpt.h"

/* It takes 0x8000 to 0xbfff of the image: stage 1 for discs follows. */
enum { ISO_START = 0x8000, ISO_SIZE = 0x4000 };

struct iso_volume {
    const char *label;      /* 1 to 32 characters of A-Z, 0-9 and _ */
    struct guid identifier; /* tells this disc from all others */
    uint64_t time;          /* Unix seconds, of the years 1970 to 2155 */
    uint64_t size; /* of the image, bytes; a multiple of ISO_BLOCK_SIZE, like the next two */
    uint64_t esp_start;
    uint64_t esp_size;
};

/* Makes the bytes of the image from ISO_START on. */
void iso_make(const struct iso_volume *volume, uint8_t out[ISO_SIZE]);
