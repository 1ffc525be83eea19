/* SPDX-License-Identifier: MIT */
#include "disk.h"

#include <stdbool.h>

#include "bios_call.h"
#include "console.h"
#include "disk_packet.h"
#include "memory_layout.h"
#include "unpack.h"

enum { TRIES = 3, SHIFT_MAX = 3 }; /* sectors of up to 4096 bytes: STAGE_ALIGNMENT */

/* No request crosses 64 KiB, as they begin there; and the length is one that every BIOS takes. */
enum { REQUEST_SIZE = 32 * 1024 };
_Static_assert(LAYOUT_PACKED_STAGE3 % 0x10000 == 0, "what REQUEST_SIZE counts on");

#define ROOM        (LAYOUT_STAGE3_END - LAYOUT_STAGE3)
#define PACKED_ROOM (LAYOUT_PACKED_STAGE3_END - LAYOUT_PACKED_STAGE3)
_Static_assert(PACKED_ROOM >= BIOS_CHAIN_SIZE_MAX && PACKED_ROOM % STAGE_ALIGNMENT == 0,
               "whatever mkimage accepts fits, in whole sectors");

/* In start.S: it takes segments that C does not know of. The checksum begins and ends inverted. */
uint32_t crc32_update(uint32_t inverted, uint16_t segment, uint16_t length);

uint32_t disk_sector_shift(uint8_t drive)
{
    struct disk_parameters parameters = {.size = sizeof(parameters)};
    struct bios_call call = {
        .interrupt = 0x13,
        .eax = 0x4800,
        .edx = drive,
        .esi = (uint32_t)(uintptr_t)&parameters,
    };

    uint32_t shift = 0;

    if (bios_calls(&call, 1) != 1)
        return 0;
    while (parameters.sector_size >> shift > STAGE_SECTOR_SIZE && shift < SHIFT_MAX)
        shift++;
    return shift;
}

static bool read_once(uint8_t drive, const struct disk_packet *packet, uint8_t *code)
{
    struct disk_packet copy = *packet; /* the BIOS changes it */
    struct bios_call call = {
        .interrupt = 0x13,
        .eax = 0x4200,
        .edx = drive,
        .esi = (uint32_t)(uintptr_t)&copy,
    };

    if (bios_calls(&call, 1) == 1)
        return true;
    *code = HIGH_BYTE(call.eax);
    call = (struct bios_call){.interrupt = 0x13, .eax = 0, .edx = drive}; /* reset */
    bios_calls(&call, 1);
    return false;
}

static void read_request(uint8_t drive, const struct disk_packet *packet)
{
    uint8_t code = 0;

    for (int tries = 0; tries < TRIES; tries++)
        if (read_once(drive, packet, &code))
            return;
    fail_with_two("stage 3: the disk cannot be read at LBA ", (uint32_t)packet->lba,
                  ", BIOS error ", code, "try another port, cable or medium");
}

static void read_packed(uint8_t drive, uint32_t shift, const struct stage2_header *header)
{
    uint32_t size = header->packed_size, sector_size = STAGE_SECTOR_SIZE << shift;
    struct disk_packet packet = {
        .size = sizeof(packet),
        .lba = header->stage3_lba >> shift,
    };

    for (uint32_t done = 0; done < size; done += REQUEST_SIZE) {
        uint32_t length = size - done < REQUEST_SIZE ? size - done : REQUEST_SIZE;

        packet.sectors = (uint16_t)((length + sector_size - 1) >> (9 + shift));
        packet.segment = (uint16_t)((LAYOUT_PACKED_STAGE3 + done) >> 4);
        read_request(drive, &packet);
        packet.lba += packet.sectors;
    }
}

static uint32_t packed_crc32(uint32_t size)
{
    uint32_t crc = UINT32_MAX;

    for (uint32_t done = 0; done < size; done += REQUEST_SIZE) {
        uint32_t length = size - done < REQUEST_SIZE ? size - done : REQUEST_SIZE;

        crc = crc32_update(crc, (uint16_t)((LAYOUT_PACKED_STAGE3 + done) >> 4), (uint16_t)length);
    }
    return ~crc;
}

void load_stage3(const struct stage2_report *from, const struct stage2_header *header)
{
    const char *remedy = from->is_network ? "copy bowline.0 to the TFTP server again"
                                          : "write the image to the disk again";

    if (header->magic != STAGE2_MAGIC || header->packed_size == 0 ||
        header->packed_size > PACKED_ROOM || header->stage3_size > ROOM)
        fail("its header is damaged", remedy);
    if (!from->is_network)
        read_packed((uint8_t)from->drive, from->sector_shift, header);
    if (packed_crc32(header->packed_size) != header->packed_crc32)
        fail(from->is_network ? "stage 3 in bowline.0 is damaged"
                              : "stage 3 on this disk is damaged",
             remedy);
    if (!unpack_anywhere(LAYOUT_PACKED_STAGE3, header->packed_size, LAYOUT_STAGE3,
                         header->stage3_size))
        fail("stage 3 does not unpack as its header says",
             "please report this, it is a bug in Bowline");
}
