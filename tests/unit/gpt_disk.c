/* SPDX-License-Identifier: MIT */
#include "gpt_disk.h"

#include <stdlib.h>

#include "base/crc32.h"

struct gpt_header *header_of(struct disk *disk, bool is_backup)
{
    return (struct gpt_header *)(disk->bytes + (is_backup ? SECTORS - 1 : 1) * disk->sector_size);
}

struct gpt_entry *entry_of(struct disk *disk, bool is_backup, uint32_t index)
{
    const struct gpt_header *header = header_of(disk, is_backup);

    return (struct gpt_entry *)(disk->bytes + header->entries_lba * disk->sector_size +
                                index * header->entry_size);
}

void seal_header(struct disk *disk, bool is_backup)
{
    struct gpt_header *header = header_of(disk, is_backup);

    header->header_crc32 = 0;
    header->header_crc32 = crc32(0, header, header->header_size);
}

void seal(struct disk *disk, bool is_backup)
{
    struct gpt_header *header = header_of(disk, is_backup);

    header->entries_crc32 =
        crc32(0, entry_of(disk, is_backup, 0), (size_t)header->entry_count * header->entry_size);
    seal_header(disk, is_backup);
}

void make_disk(struct disk *disk, uint32_t sector_size)
{
    disk->sector_size = sector_size;
    disk->entry_sectors = ENTRY_COUNT * 128 / sector_size;
    disk->bytes = calloc(SECTORS, sector_size);
    assert_non_null(disk->bytes);
    memory_reader_init(&disk->memory, disk->bytes, (uint64_t)SECTORS * sector_size);
    for (int is_backup = 0; is_backup <= 1; is_backup++) {
        *header_of(disk, is_backup) = (struct gpt_header){
            .signature = {'E', 'F', 'I', ' ', 'P', 'A', 'R', 'T'},
            .revision = 0x10000,
            .header_size = 92,
            .my_lba = is_backup ? SECTORS - 1 : 1,
            .alternate_lba = is_backup ? 1 : SECTORS - 1,
            .first_usable_lba = 2 + disk->entry_sectors,
            .last_usable_lba = SECTORS - 2 - disk->entry_sectors,
            .disk_guid = {{1, 2, 3}},
            .entries_lba = is_backup ? SECTORS - 1 - disk->entry_sectors : 2,
            .entry_count = ENTRY_COUNT,
            .entry_size = 128,
        };
        *entry_of(disk, is_backup, 0) = (struct gpt_entry){
            .type = GPT_TYPE_BIOS_BOOT,
            .first_lba = 2 + disk->entry_sectors,
            .last_lba = 99,
        };
        *entry_of(disk, is_backup, 5) = (struct gpt_entry){
            .type = GPT_TYPE_ESP,
            .partition_guid = {{9}},
            .first_lba = 100,
            .last_lba = SECTORS - 2 - disk->entry_sectors,
        };
        seal(disk, is_backup);
    }
}
