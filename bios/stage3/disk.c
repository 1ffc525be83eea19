/* SPDX-License-Identifier: MIT */
#include "disk.h"

#include "base/string.h"
#include "base/units.h"

/*
 * What costs is the request, and then the copy; the trip to real mode is cheap beside them
 * (docs/bench.md). So a trip carries as many of the largest requests as the bounce buffer has
 * slices of 64 KiB, and the copy upward is done in 64-bit mode.
 */
enum {
    REQUEST_SECTORS_MAX = 127, /* EDD-3, table 8: more is not for every BIOS */
    SLICE_SIZE = 64 * 1024,    /* no request crosses such a border: DMA of older ones cannot */
    TRIES = 3,
    READ_AHEAD = 4096, /* bytes: directories are read in small pieces */
    WRITE_SIZE = 4096, /* bytes at most at once, which every BIOS can: little is ever written */
};

static struct bios_call packet_call(const struct disk *disk, uint16_t function, const void *packet)
{
    return (struct bios_call){
        .interrupt = 0x13,
        .eax = function,
        .edx = disk->drive,
        .esi = (uintptr_t)packet & 15,
        .ds = (uint16_t)((uintptr_t)packet >> 4),
    };
}

static uint64_t slice_count(const struct disk *disk)
{
    uint64_t request = (uint64_t)disk->request_sectors * disk->sector_size;

    return minimum((disk->bounce.length + SLICE_SIZE - request) / SLICE_SIZE, DISK_SLICES_MAX);
}

/* Prepares one request for each slice, up to `sectors` in all. Returns their number. */
static uint32_t prepare(const struct disk *disk, uint64_t lba, uint64_t sectors)
{
    uint32_t count = 0;

    for (; sectors > 0 && count < slice_count(disk); count++) {
        uint64_t length = minimum(sectors, disk->request_sectors);
        uint64_t slice = disk->bounce.base + count * SLICE_SIZE;

        disk->requests->packets[count] = (struct disk_packet){
            .size = sizeof(struct disk_packet),
            .sectors = (uint16_t)length,
            .segment = (uint16_t)(slice >> 4),
            .lba = lba,
        };
        disk->requests->calls[count] = packet_call(disk, 0x4200, &disk->requests->packets[count]);
        lba += length;
        sectors -= length;
    }
    return count;
}

static void reset(const struct disk *disk)
{
    struct bios_call call = {.interrupt = 0x13, .edx = disk->drive};

    bios_calls(&call, 1);
}

/* Makes the requests, a failed one up to three times with a reset before. Returns the successes. */
static uint32_t make_requests(const struct disk *disk, uint64_t lba, uint64_t sectors,
                              uint8_t *code)
{
    struct bios_call *calls = disk->requests->calls;
    uint32_t count = prepare(disk, lba, sectors);
    uint32_t done = bios_calls(calls, count);

    for (unsigned tries = 1; done < count && tries < TRIES; tries++) {
        reset(disk);
        prepare(disk, lba, sectors); /* anew: the BIOS has changed what failed */
        uint32_t more = bios_calls(calls + done, count - done);
        if (more > 0)
            tries = 0; /* another request failed this time */
        done += more;
    }
    if (done < count)
        *code = HIGH_BYTE(calls[done].eax);
    return done;
}

/* Reads as many of `sectors` as go into the bounce buffer, at least one of them. */
static bool fill(struct disk *disk, uint64_t lba, uint64_t sectors, struct error *error)
{
    uint8_t code = 0;
    uint32_t done;

    disk->held_count = 0;
    done = make_requests(disk, lba, sectors, &code);
    if (done == 0 && sectors > disk->request_sectors / 2 && !disk->is_halved) {
        /* Some take less than the specification promises. */
        disk->request_sectors /= 2;
        disk->is_halved = true;
        done = make_requests(disk, lba, sectors, &code);
    }
    if (done == 0 && sectors > 1 && (sectors - 1) * disk->sector_size <= READ_AHEAD) {
        sectors = 1; /* the others may be bad, which nobody has asked for */
        done = make_requests(disk, lba, sectors, &code);
    }
    if (done == 0)
        return FAIL(error, DISK_READ, lba, minimum(sectors, disk->request_sectors), code);
    disk->held_lba = lba;
    disk->held_count = minimum(sectors, (uint64_t)done * disk->request_sectors);
    return true;
}

/* A multiple of 8 bytes at a step: every other way takes more instructions. */
static void copy(uint8_t *to, const uint8_t *from, uint64_t length)
{
    uint64_t quads = length / 8;

    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(quads) : : "memory");
    memcpy(to, from, length % 8);
}

/* Where byte `offset` of the disk is in the bounce buffer, and how many lie there in a row. */
static const uint8_t *held_bytes(const struct disk *disk, uint64_t offset, uint64_t *length)
{
    uint64_t request = (uint64_t)disk->request_sectors * disk->sector_size;
    uint64_t position = offset - disk->held_lba * disk->sector_size;
    uint64_t inside = position % request;

    *length = minimum(request - inside, disk->held_count * disk->sector_size - position);
    return (const uint8_t *)(disk->bounce.base + position / request * SLICE_SIZE + inside);
}

static bool read_disk(struct reader *reader, uint64_t offset, uint64_t length, void *to,
                      struct error *error)
{
    struct disk *disk = (struct disk *)reader;
    uint64_t sector_size = disk->sector_size;
    uint8_t *target = to;

    while (length > 0) {
        uint64_t lba = offset / sector_size, available;

        if (lba - disk->held_lba >= disk->held_count) {
            uint64_t end = minimum(offset + maximum(length, READ_AHEAD), disk->reader.size);

            if (!fill(disk, lba, (end - 1) / sector_size + 1 - lba, error))
                return false;
        }
        const uint8_t *bytes = held_bytes(disk, offset, &available);
        available = minimum(available, length);
        copy(target, bytes, available);
        target += available;
        offset += available;
        length -= available;
    }
    return true;
}

/* One request, without AH=43h's own check of what was written (AL): few BIOSes have it. */
static uint32_t write_once(const struct disk *disk, uint64_t lba, uint64_t sectors)
{
    disk->requests->packets[0] = (struct disk_packet){
        .size = sizeof(struct disk_packet),
        .sectors = (uint16_t)sectors,
        .segment = (uint16_t)(disk->bounce.base >> 4),
        .lba = lba,
    };
    disk->requests->calls[0] = packet_call(disk, 0x4300, &disk->requests->packets[0]);
    return bios_calls(disk->requests->calls, 1);
}

bool disk_write(struct disk *disk, uint64_t offset, uint64_t length, const void *from,
                struct error *error)
{
    const uint8_t *source = from;

    disk->held_count = 0;
    while (length > 0) {
        uint64_t part = minimum(length, WRITE_SIZE);
        uint64_t lba = offset / disk->sector_size, sectors = part / disk->sector_size;
        uint32_t done = 0;

        memcpy((void *)disk->bounce.base, source, part);
        for (unsigned tries = 0; done == 0 && tries < TRIES; tries++) {
            if (tries > 0)
                reset(disk);
            done = write_once(disk, lba, sectors);
        }
        if (done == 0)
            return FAIL(error, DISK_WRITE, lba, sectors, HIGH_BYTE(disk->requests->calls[0].eax));
        source += part;
        offset += part;
        length -= part;
    }
    return true;
}

/* The size in bytes, or `unknown`: the end is where reading fails. */
static uint64_t ask_size(const struct disk *disk, uint64_t unknown)
{
    struct disk_parameters *parameters = &disk->requests->parameters;
    struct bios_call call = packet_call(disk, 0x4800, parameters);

    *parameters = (struct disk_parameters){.size = sizeof(*parameters)};
    if (bios_calls(&call, 1) != 1 || parameters->sectors == 0 ||
        parameters->sectors > unknown / disk->sector_size)
        return unknown;
    return parameters->sectors * disk->sector_size;
}

void disk_init(struct disk *disk, uint8_t drive, uint32_t sector_size,
               struct disk_requests *requests, struct range bounce)
{
    *disk = (struct disk){
        .reader = {.read = read_disk},
        .requests = requests,
        .bounce = bounce,
        .sector_size = sector_size,
        .drive = drive,
    };
    disk->reader.size = ask_size(disk, UINT64_MAX / 2);
    disk->request_sectors = (uint32_t)minimum(REQUEST_SECTORS_MAX, SLICE_SIZE / disk->sector_size);
}
