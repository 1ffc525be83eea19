/* SPDX-License-Identifier: MIT */
#include "format/gpt.h"

#include "base/crc32.h"
#include "base/print.h"
#include "base/string.h"
#include "base/units.h"

const struct guid GPT_TYPE_ESP = {{0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11, 0xba, 0x4b, 0x00,
                                   0xa0, 0xc9, 0x3e, 0xc9, 0x3b}};
const struct guid GPT_TYPE_BIOS_BOOT = {{0x48, 0x61, 0x68, 0x21, 0x49, 0x64, 0x6f, 0x6e, 0x74, 0x4e,
                                         0x65, 0x65, 0x64, 0x45, 0x46, 0x49}};

static const uint32_t GPT_REVISION = 0x00010000; /* 1.0, the same since 2000 */

/* 64 times what anybody writes; bounds the work that a damaged header can ask for. */
static const uint64_t ENTRIES_BYTES_MAX = MIB;

static bool add_to_crc32(struct reader *disk, uint64_t offset, uint64_t length, uint32_t *crc,
                         struct error *error)
{
    uint8_t buffer[4096];

    while (length > 0) {
        uint64_t part = minimum(length, sizeof(buffer));

        if (!reader_read(disk, offset, part, buffer, error))
            return false;
        *crc = crc32(*crc, buffer, part);
        offset += part;
        length -= part;
    }
    return true;
}

static bool check_header_crc32(struct reader *disk, uint64_t offset,
                               const struct gpt_header *header, struct error *error)
{
    struct gpt_header zeroed = *header;
    uint32_t crc;

    zeroed.header_crc32 = 0;
    crc = crc32(0, &zeroed, sizeof(zeroed));
    if (!add_to_crc32(disk, offset + sizeof(zeroed), header->header_size - sizeof(zeroed), &crc,
                      error))
        return false;
    if (crc != header->header_crc32)
        return FAIL_WITH(error, GPT_DAMAGED, "checksum of the partition table's header", crc,
                         header->header_crc32);
    return true;
}

static bool check_entries(struct reader *disk, const struct gpt *gpt, struct error *error)
{
    const struct gpt_header *header = &gpt->header;
    uint64_t bytes = (uint64_t)header->entry_count * header->entry_size;
    uint32_t crc = 0;

    if (header->entry_size < sizeof(struct gpt_entry) || !is_power_of_two(header->entry_size))
        return FAIL_WITH(error, GPT_DAMAGED, "size of a partition table entry", header->entry_size,
                         sizeof(struct gpt_entry));
    if (header->entry_count == 0 || bytes > ENTRIES_BYTES_MAX)
        return FAIL_WITH(error, GPT_DAMAGED, "number of partition table entries",
                         header->entry_count, 128);
    if (header->entries_lba < 2 || header->entries_lba >= disk->size / gpt->sector_size)
        return FAIL_WITH(error, GPT_DAMAGED, "place of the partition table's entries",
                         header->entries_lba, 2);
    if (!add_to_crc32(disk, header->entries_lba * gpt->sector_size, bytes, &crc, error))
        return false;
    if (crc != header->entries_crc32)
        return FAIL_WITH(error, GPT_DAMAGED, "checksum of the partition table's entries", crc,
                         header->entries_crc32);
    return true;
}

static bool read_header(struct reader *disk, uint32_t sector_size, uint64_t lba,
                        struct gpt_header *header, struct error *error)
{
    if (disk->size / sector_size < 3)
        return FAIL(error, GPT_MISSING, 0);
    if (!reader_read(disk, lba * sector_size, sizeof(*header), header, error))
        return false;
    if (memcmp(header->signature, "EFI PART", sizeof(header->signature)) != 0)
        return FAIL(error, GPT_MISSING, 0);
    return true;
}

bool gpt_read_header(struct reader *disk, uint32_t sector_size, uint64_t lba, struct gpt *out,
                     struct error *error)
{
    struct gpt gpt = {.sector_size = sector_size, .is_backup = lba != GPT_PRIMARY_LBA};
    const struct gpt_header *header = &gpt.header;

    if (!read_header(disk, sector_size, lba, &gpt.header, error))
        return false;
    if (header->revision != GPT_REVISION)
        return FAIL_WITH(error, GPT_DAMAGED, "revision of the partition table", header->revision,
                         GPT_REVISION);
    if (header->header_size < sizeof(*header) || header->header_size > sector_size)
        return FAIL_WITH(error, GPT_DAMAGED, "size of the partition table's header",
                         header->header_size, sizeof(*header));
    if (!check_header_crc32(disk, lba * sector_size, header, error))
        return false;
    if (header->my_lba != lba)
        return FAIL_WITH(error, GPT_DAMAGED, "partition table's own place", header->my_lba, lba);
    if (header->first_usable_lba < 2)
        return FAIL_WITH(error, GPT_DAMAGED, "partition table's first usable sector",
                         header->first_usable_lba, 2);
    *out = gpt;
    return true;
}

bool gpt_read_copy(struct reader *disk, uint32_t sector_size, uint64_t lba, struct gpt *out,
                   struct error *error)
{
    struct gpt gpt;

    if (!gpt_read_header(disk, sector_size, lba, &gpt, error) || !check_entries(disk, &gpt, error))
        return false;
    *out = gpt;
    return true;
}

/* The backup whose place the primary tells, if that is still to be read, or the one at the end. */
static bool read_backup(struct reader *disk, uint32_t sector_size, struct gpt *out,
                        struct error *error)
{
    uint64_t last = disk->size / sector_size - 1;
    struct gpt_header primary;

    if (read_header(disk, sector_size, GPT_PRIMARY_LBA, &primary, error) &&
        primary.alternate_lba > GPT_PRIMARY_LBA && primary.alternate_lba < last &&
        gpt_read_copy(disk, sector_size, primary.alternate_lba, out, error))
        return true;
    return gpt_read_copy(disk, sector_size, last, out, error);
}

bool gpt_read(struct reader *disk, struct gpt *out, struct error *error)
{
    /* They do not shadow each other: the entries of a table at 512 lie where the other begins. */
    static const uint16_t sector_sizes[] = {512, 4096};
    struct error first = {.code = ERROR_GPT_MISSING};

    for (int is_backup = 0; is_backup <= 1; is_backup++) {
        for (size_t i = 0; i < COUNT_OF(sector_sizes); i++) {
            if (is_backup ? read_backup(disk, sector_sizes[i], out, error)
                          : gpt_read_copy(disk, sector_sizes[i], GPT_PRIMARY_LBA, out, error))
                return true;
            if (first.code == ERROR_GPT_MISSING)
                first = *error;
        }
    }
    *error = first;
    return false;
}

static bool read_raw_entry(struct reader *disk, const struct gpt *gpt, uint32_t index,
                           struct gpt_entry *out, struct error *error)
{
    uint64_t start = gpt->header.entries_lba * gpt->sector_size;

    return reader_read(disk, start + (uint64_t)index * gpt->header.entry_size, sizeof(*out), out,
                       error);
}

static bool check_bounds(const struct reader *disk, const struct gpt *gpt, uint32_t index,
                         const struct gpt_entry *entry, struct error *error)
{
    uint64_t sectors = disk->size / gpt->sector_size;
    uint64_t last_usable = gpt->header.last_usable_lba;
    char what[48];

    if (entry->first_lba < gpt->header.first_usable_lba) {
        print_text(what, sizeof(what), "first sector of partition %u", index + 1);
        return FAIL_WITH(error, GPT_DAMAGED, what, entry->first_lba, gpt->header.first_usable_lba);
    }
    if (entry->last_lba < entry->first_lba || entry->last_lba > last_usable) {
        print_text(what, sizeof(what), "last sector of partition %u", index + 1);
        return FAIL_WITH(error, GPT_DAMAGED, what, entry->last_lba, last_usable);
    }
    if (entry->last_lba >= sectors)
        return FAIL(error, GPT_BEYOND_END, index + 1, entry->last_lba, sectors - 1);
    return true;
}

bool gpt_read_entry(struct reader *disk, const struct gpt *gpt, uint32_t index,
                    struct gpt_entry *out, struct error *error)
{
    static const struct guid unused;
    struct gpt_entry entry;

    if (!read_raw_entry(disk, gpt, index, &entry, error))
        return false;
    if (memcmp(&entry.type, &unused, sizeof(unused)) != 0 &&
        !check_bounds(disk, gpt, index, &entry, error))
        return false;
    *out = entry;
    return true;
}

bool gpt_find(struct reader *disk, const struct gpt *gpt, const struct guid *type,
              struct gpt_partition *out, struct error *error)
{
    struct gpt_entry entry;

    for (uint32_t index = 0; index < gpt->header.entry_count; index++) {
        /* Damage in a partition of another type is none of our business. */
        if (!read_raw_entry(disk, gpt, index, &entry, error))
            return false;
        if (memcmp(&entry.type, type, sizeof(*type)) != 0)
            continue;
        if (!check_bounds(disk, gpt, index, &entry, error))
            return false;
        *out = (struct gpt_partition){
            .number = index + 1,
            .start = entry.first_lba * gpt->sector_size,
            .size = (entry.last_lba - entry.first_lba + 1) * gpt->sector_size,
            .entry = entry,
        };
        return true;
    }
    return FAIL(error, GPT_NO_PARTITION, 0);
}
