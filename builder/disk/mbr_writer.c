/* SPDX-License-Identifier: MIT */
#include "disk/mbr_writer.h"

#include <string.h>

#include "base/units.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "on-disk structs are filled in as they are");

/* The geometry that every BIOS assumes for a disk of more than 8 GB. */
enum { HEADS = 255, SECTORS = 63, CYLINDERS = 1024 };

/* Behind what cylinders, heads and sectors can express, the last place that they can. */
static void put_chs(uint64_t lba, uint8_t out[3])
{
    uint64_t cylinder = lba / (HEADS * SECTORS);
    uint64_t head = lba / SECTORS % HEADS, sector = lba % SECTORS + 1;

    if (cylinder >= CYLINDERS) {
        cylinder = CYLINDERS - 1;
        head = HEADS - 1;
        sector = SECTORS;
    }
    out[0] = (uint8_t)head;
    out[1] = (uint8_t)(cylinder >> 8 << 6 | sector);
    out[2] = (uint8_t)cylinder;
}

struct mbr_entry mbr_protective_entry(uint64_t disk_size, uint32_t sector_size)
{
    return (struct mbr_entry){
        .indicator = 0, /* or UEFI refuses the table */
        .first_chs = {0x00, 0x02, 0x00},
        .type = MBR_TYPE_PROTECTIVE,
        .last_chs = {0xff, 0xff, 0xff}, /* "cannot be expressed": the disk has no geometry */
        .first_lba = 1,
        .sectors = (uint32_t)minimum(disk_size / sector_size - 1, UINT32_MAX),
    };
}

struct mbr_entry mbr_dummy_entry(void)
{
    struct mbr_entry entry = {.indicator = MBR_ACTIVE, .type = MBR_TYPE_UNUSED, .sectors = 1};

    put_chs(0, entry.first_chs);
    put_chs(0, entry.last_chs);
    return entry;
}

struct mbr_entry mbr_partition_entry(uint8_t type, uint64_t start, uint64_t size,
                                     uint32_t sector_size)
{
    uint64_t first = start / sector_size, sectors = size / sector_size;
    struct mbr_entry entry = {
        .indicator = MBR_ACTIVE,
        .type = type,
        .first_lba = (uint32_t)first,
        .sectors = (uint32_t)sectors,
    };

    put_chs(first, entry.first_chs);
    put_chs(first + sectors - 1, entry.last_chs);
    return entry;
}

void mbr_write(const struct mbr_entry entries[MBR_ENTRY_COUNT], uint32_t disk_signature,
               uint8_t sector[512])
{
    struct mbr mbr = {.disk_signature = disk_signature, .boot_signature = MBR_BOOT_SIGNATURE};

    memcpy(mbr.entries, entries, sizeof(mbr.entries));
    memcpy(sector + MBR_SIGNATURE_OFFSET, &mbr, sizeof(mbr));
}
