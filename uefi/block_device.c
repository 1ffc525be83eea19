/* SPDX-License-Identifier: MIT */
#include "block_device.h"

#include "base/string.h"
#include "base/units.h"
#include "firmware/memory.h"

/* Nobody asks for more than a page; a larger number is no alignment. */
static const uint64_t ALIGNMENT_MAX = 64 * KIB;

enum { TRIES = 3 };

static EFI_STATUS read_at(struct block_device *device, uint64_t start, uint64_t length)
{
    const EFI_BLOCK_IO_MEDIA *media = device->io->Media;
    EFI_STATUS status;

    device->held_length = 0;
    status = device->io->ReadBlocks(device->io, media->MediaId, start / media->BlockSize, length,
                                    device->buffer);
    if (status == EFI_SUCCESS) {
        device->held = start;
        device->held_length = length;
    }
    return status;
}

/* Reads a buffer's worth around `offset`, or, where that fails, the one block that it is in. */
static bool fill(struct block_device *device, uint64_t offset, struct error *error)
{
    uint64_t block_size = device->io->Media->BlockSize;
    uint64_t start = align_down(offset, BLOCK_DEVICE_BUFFER_SIZE);
    uint64_t length = minimum(BLOCK_DEVICE_BUFFER_SIZE, device->reader.size - start);
    EFI_STATUS status = EFI_DEVICE_ERROR;

    if (device->broken != start && read_at(device, start, length) == EFI_SUCCESS)
        return true;
    device->broken = start;
    for (int tries = 0; tries < TRIES && status != EFI_SUCCESS; tries++)
        status = read_at(device, align_down(offset, block_size), block_size);
    if (status != EFI_SUCCESS)
        return FAIL(error, DISK_READ, device->first_block + offset / block_size, 1, status);
    return true;
}

static bool read_blocks(struct reader *reader, uint64_t offset, uint64_t length, void *to,
                        struct error *error)
{
    struct block_device *device = (struct block_device *)reader;
    uint8_t *target = to;

    firmware_must_be_alive();
    while (length > 0) {
        if (offset - device->held >= device->held_length && !fill(device, offset, error))
            return false;
        uint64_t inside = offset - device->held;
        uint64_t part = minimum(length, device->held_length - inside);
        memcpy(target, device->buffer + inside, part);
        target += part;
        offset += part;
        length -= part;
    }
    return true;
}

static void close_device(struct reader *reader)
{
    uefi.system->BootServices->FreePool(((struct block_device *)reader)->allocation);
}

bool block_device_open(EFI_BLOCK_IO *io, struct block_device *out, struct error *error)
{
    const EFI_BLOCK_IO_MEDIA *media = io->Media;
    uint64_t blocks, size;
    void *allocation = NULL;

    if (media == NULL || !media->MediaPresent)
        return FAIL_WITH(error, FIRMWARE, "BlockIo", EFI_NO_MEDIA);

    uint64_t alignment = maximum(media->IoAlign, 1); /* 0 and 1: anywhere */

    if (!is_power_of_two(alignment) || alignment > ALIGNMENT_MAX ||
        !is_power_of_two(media->BlockSize) || media->BlockSize > BLOCK_DEVICE_BUFFER_SIZE ||
        __builtin_add_overflow(media->LastBlock, 1, &blocks) ||
        __builtin_mul_overflow(blocks, media->BlockSize, &size))
        return FAIL_WITH(error, FIRMWARE, "BlockIo", EFI_UNSUPPORTED);

    uint64_t allocated = BLOCK_DEVICE_BUFFER_SIZE + alignment - 1;

    if (uefi.system->BootServices->AllocatePool(EfiLoaderData, allocated, &allocation) !=
        EFI_SUCCESS)
        return FAIL(error, OUT_OF_MEMORY, pages_for(allocated));
    *out = (struct block_device){
        .reader = {.size = size, .read = read_blocks, .close = close_device},
        .io = io,
        .allocation = allocation,
        .buffer = (uint8_t *)(uintptr_t)align_up((uintptr_t)allocation, alignment),
        .broken = UINT64_MAX,
    };
    return true;
}

/* As often as it may be read: a stick that has slept may fail once. */
static EFI_STATUS write_at(const struct block_device *device, uint64_t start, uint64_t length)
{
    const EFI_BLOCK_IO_MEDIA *media = device->io->Media;
    EFI_STATUS status = EFI_DEVICE_ERROR;

    for (int tries = 0; tries < TRIES && status != EFI_SUCCESS; tries++)
        status = device->io->WriteBlocks(device->io, media->MediaId, start / media->BlockSize,
                                         length, device->buffer);
    return status;
}

bool block_device_write(struct block_device *device, uint64_t offset, uint64_t length,
                        const void *from, struct error *error)
{
    uint64_t block_size = device->io->Media->BlockSize;
    const uint8_t *source = from;
    EFI_STATUS status;

    firmware_must_be_alive();
    if (offset > device->reader.size || length > device->reader.size - offset)
        return FAIL(error, READ_BEYOND_END, offset + length, device->reader.size);
    device->held_length = 0; /* the buffer is used for what is written */
    while (length > 0) {
        uint64_t part = minimum(length, BLOCK_DEVICE_BUFFER_SIZE);

        memcpy(device->buffer, source, part);
        status = write_at(device, offset, part);
        if (status != EFI_SUCCESS)
            return FAIL(error, DISK_WRITE, device->first_block + offset / block_size,
                        part / block_size, status);
        source += part;
        offset += part;
        length -= part;
    }
    status = device->io->FlushBlocks(device->io);
    return status == EFI_SUCCESS || FAIL_WITH(error, FIRMWARE, "FlushBlocks()", status);
}
