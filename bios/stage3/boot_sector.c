/* SPDX-License-Identifier: MIT */
#include "boot_sector.h"

#include "base/string.h"
#include "base/units.h"

enum { TYPE_GPT = 0xed };

/* These hold a table of more partitions, and no boot sector. */
static bool is_extended(uint8_t type)
{
    return type == 0x05 || type == 0x0f || type == 0x85;
}

static bool find_in_mbr(const struct mbr *mbr, uint32_t sector_size, uint32_t number,
                        struct boot_partition *out, uint64_t *start, struct error *error)
{
    const struct mbr_entry *entry = &mbr->entries[(number - 1) % MBR_ENTRY_COUNT];

    if (number > MBR_ENTRY_COUNT || entry->type == MBR_TYPE_UNUSED || entry->sectors == 0 ||
        is_extended(entry->type))
        return FAIL(error, CHAINLOAD_NO_PARTITION, number);
    *out = (struct boot_partition){.entry = *entry};
    *start = (uint64_t)entry->first_lba * sector_size;
    return true;
}

/* The table may be made for sectors of another size than those of the drive that it is on. */
static uint32_t in_sectors(uint64_t blocks, const struct gpt *gpt, uint32_t sector_size)
{
    return (uint32_t)minimum(blocks * gpt->sector_size / sector_size, UINT32_MAX);
}

static bool find_in_gpt(struct reader *disk, uint32_t sector_size, uint32_t number,
                        struct boot_partition *out, uint64_t *start, struct error *error)
{
    static const struct guid unused;
    struct gpt_entry entry;
    struct gpt gpt;

    if (!gpt_read(disk, &gpt, error))
        return false;
    if (number > gpt.header.entry_count)
        return FAIL(error, CHAINLOAD_NO_PARTITION, number);
    if (!gpt_read_entry(disk, &gpt, number - 1, &entry, error))
        return false;
    if (memcmp(&entry.type, &unused, sizeof(unused)) == 0)
        return FAIL(error, CHAINLOAD_NO_PARTITION, number);
    *out = (struct boot_partition){
        .entry =
            {
                .type = TYPE_GPT,
                .first_lba = in_sectors(entry.first_lba, &gpt, sector_size),
                .sectors = in_sectors(entry.last_lba - entry.first_lba + 1, &gpt, sector_size),
            },
        .gpt_entry_size = sizeof(entry),
        .gpt_entry = entry,
    };
    *start = entry.first_lba * gpt.sector_size;
    return true;
}

bool boot_partition_find(struct reader *disk, uint32_t sector_size, uint32_t number,
                         struct boot_partition *out, uint64_t *start, struct error *error)
{
    struct mbr mbr;

    if (!mbr_read(disk, &mbr, error) ||
        !(mbr_is_protective(&mbr) ? find_in_gpt(disk, sector_size, number, out, start, error)
                                  : find_in_mbr(&mbr, sector_size, number, out, start, error)))
        return false;
    out->entry.indicator = MBR_ACTIVE;
    return true;
}
