/* SPDX-License-Identifier: MIT */
/* A disk as a reader of bytes (EFI_BLOCK_IO_PROTOCOL, UEFI specification 2.10, 13.9). */
#pragma once

#include "uefi.h"

#include "format/reader.h"

/* One read brings MBR, GPT header and entries of a disk with sectors of 512 or 4096 bytes. */
enum { BLOCK_DEVICE_BUFFER_SIZE = 32 * 1024 };

struct block_device {
    struct reader reader; /* closing it gives the buffer back */
    EFI_BLOCK_IO *io;
    void *allocation;
    uint8_t *buffer;            /* in the allocation, aligned as the device wants it */
    uint64_t held, held_length; /* these bytes of it are in the buffer */
    uint64_t first_block; /* 0; messages count from there: where a partition begins on its disk */
    uint64_t broken;      /* the last buffer's worth that could not be read at once */
};

/* The device's blocks have to be a power of two, at most BLOCK_DEVICE_BUFFER_SIZE. */
bool block_device_open(EFI_BLOCK_IO *io, struct block_device *out, struct error *error);

/* Writes whole blocks, and lets the device write what it keeps. */
bool block_device_write(struct block_device *device, uint64_t offset, uint64_t length,
                        const void *from, struct error *error);
