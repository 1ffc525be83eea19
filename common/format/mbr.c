/* SPDX-License-Identifier: MIT */
#include "format/mbr.h"

#include "base/units.h"

bool mbr_read(struct reader *disk, struct mbr *out, struct error *error)
{
    struct mbr mbr;

    if (disk->size < MBR_SIGNATURE_OFFSET + sizeof(mbr))
        return FAIL(error, MBR_MISSING, 0);
    if (!reader_read(disk, MBR_SIGNATURE_OFFSET, sizeof(mbr), &mbr, error))
        return false;
    if (mbr.boot_signature != MBR_BOOT_SIGNATURE)
        return FAIL(error, MBR_MISSING, 0);
    *out = mbr;
    return true;
}

bool mbr_is_protective(const struct mbr *mbr)
{
    for (unsigned i = 0; i < MBR_ENTRY_COUNT; i++)
        if (mbr->entries[i].type == MBR_TYPE_PROTECTIVE)
            return true;
    return false;
}

bool mbr_find(const struct mbr *mbr, uint64_t start, uint64_t disk_size, struct mbr_partition *out,
              struct error *error)
{
    static const uint16_t sector_sizes[] = {512, 4096};

    for (unsigned i = 0; i < COUNT_OF(sector_sizes) * MBR_ENTRY_COUNT; i++) {
        const struct mbr_entry *entry = &mbr->entries[i % MBR_ENTRY_COUNT];
        uint64_t sector_size = sector_sizes[i / MBR_ENTRY_COUNT];
        uint64_t size = entry->sectors * sector_size;

        if (entry->type == MBR_TYPE_UNUSED || size == 0 || entry->first_lba * sector_size != start)
            continue;
        if (start > disk_size || size > disk_size - start)
            return FAIL(error, MBR_BEYOND_END, start + size, disk_size);
        *out = (struct mbr_partition){
            .number = i % MBR_ENTRY_COUNT + 1,
            .type = entry->type,
            .start = start,
            .size = size,
        };
        return true;
    }
    return FAIL(error, MBR_NO_PARTITION, start);
}
