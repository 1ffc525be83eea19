/* SPDX-License-Identifier: MIT */
#include "disk/gpt_writer.h"

#include <string.h>

#include "base/crc32.h"
#include "base/units.h"

enum {
    ENTRY_COUNT = 128, /* UEFI asks for at least 16 KiB of entries; others expect just that */
    ENTRIES_SIZE = ENTRY_COUNT * sizeof(struct gpt_entry),
    PRIMARY_LBA = 1,
    ENTRIES_LBA = 2,
};
_Static_assert((int)ENTRY_COUNT == (int)GPT_PARTS_MAX, "every part has an entry");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "on-disk structs are filled in as they are");

/* Bytes that the backup takes at the end of a disk. */
static uint64_t backup_size(uint32_t sector_size)
{
    return align_up(ENTRIES_SIZE, sector_size) + sector_size;
}

static void fill_entries(const struct gpt_table *table, struct gpt_entry entries[ENTRY_COUNT])
{
    memset(entries, 0, ENTRIES_SIZE);
    for (size_t i = 0; i < table->count; i++) {
        const struct gpt_part *part = &table->parts[i];

        entries[i] = (struct gpt_entry){
            .type = part->type,
            .partition_guid = part->guid,
            .first_lba = part->start / table->sector_size,
            .last_lba = (part->start + part->size) / table->sector_size - 1,
        };
        for (size_t j = 0; part->name[j] != '\0' && j < COUNT_OF(entries[i].name); j++)
            entries[i].name[j] = (uint8_t)part->name[j];
    }
}

static bool write_copy(const struct gpt_table *table, const struct gpt_entry *entries,
                       uint64_t entries_lba, uint64_t header_lba, struct output *output,
                       struct error *error)
{
    uint64_t sectors = table->disk_size / table->sector_size;
    uint64_t backup_sectors = backup_size(table->sector_size) / table->sector_size;
    struct gpt_header header = {
        .signature = {'E', 'F', 'I', ' ', 'P', 'A', 'R', 'T'},
        .revision = 0x00010000,
        .header_size = sizeof(header),
        .my_lba = header_lba,
        .alternate_lba = header_lba == PRIMARY_LBA ? sectors - 1 : PRIMARY_LBA,
        .first_usable_lba = 1 + backup_sectors, /* behind the MBR and as much as the backup takes */
        .last_usable_lba = sectors - backup_sectors - 1,
        .disk_guid = table->disk_guid,
        .entries_lba = entries_lba,
        .entry_count = ENTRY_COUNT,
        .entry_size = sizeof(struct gpt_entry),
        .entries_crc32 = crc32(0, entries, ENTRIES_SIZE),
    };

    header.header_crc32 = crc32(0, &header, sizeof(header));
    return output_write(output, header_lba * table->sector_size, &header, sizeof(header), error) &&
           output_write(output, entries_lba * table->sector_size, entries, ENTRIES_SIZE, error);
}

bool gpt_write(const struct gpt_table *table, struct output *output, struct error *error)
{
    struct gpt_entry entries[ENTRY_COUNT];
    uint64_t sectors = table->disk_size / table->sector_size;
    uint64_t backup_sectors = backup_size(table->sector_size) / table->sector_size;

    fill_entries(table, entries);
    return write_copy(table, entries, ENTRIES_LBA, PRIMARY_LBA, output, error) &&
           write_copy(table, entries, sectors - backup_sectors, sectors - 1, output, error);
}
