/* SPDX-License-Identifier: MIT */
#include "format/gpt.h"

#include "base/crc32.h"
#include "fuzz.h"

/*
 * The first byte chooses: bit 0 makes the checksums right, where no fuzzer would get past them;
 * bit 1 does so for sectors of 4096 bytes instead of 512. The rest is the disk.
 */
static void repair(uint8_t *disk, uint64_t size, uint32_t sector_size, uint64_t lba)
{
    struct gpt_header header;
    uint64_t place = lba * sector_size, entries, bytes;

    if (size < sector_size || place > size - sector_size)
        return;
    memcpy(&header, disk + place, sizeof(header));
    bytes = (uint64_t)header.entry_size * header.entry_count;
    entries = header.entries_lba * sector_size;
    if (entries <= size && bytes <= size - entries)
        header.entries_crc32 = crc32(0, disk + entries, bytes);
    header.header_crc32 = 0;
    memcpy(disk + place, &header, sizeof(header));
    if (header.header_size >= sizeof(header) && header.header_size <= sector_size)
        header.header_crc32 = crc32(0, disk + place, header.header_size);
    memcpy(disk + place, &header, sizeof(header));
}

static void use(struct reader *disk, const struct gpt *gpt)
{
    struct gpt_partition partition;
    struct gpt_entry entry;
    struct error error;

    EXPECT(gpt->sector_size == 512 || gpt->sector_size == 4096);
    EXPECT(gpt->header.entry_count > 0);
    for (uint32_t i = 0; i < gpt->header.entry_count && i < 200; i++)
        if (!gpt_read_entry(disk, gpt, i, &entry, &error))
            expect_error(&error);
    if (!gpt_find(disk, gpt, &GPT_TYPE_ESP, &partition, &error)) {
        expect_error(&error);
        return;
    }
    EXPECT(partition.number >= 1 && partition.number <= gpt->header.entry_count);
    EXPECT(partition.size >= gpt->sector_size && partition.size <= disk->size);
    EXPECT(partition.start >= gpt->sector_size && partition.start <= disk->size - partition.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct memory_reader memory;
    struct gpt gpt;
    struct error error;
    uint8_t *disk;

    if (size == 0)
        return 0;
    disk = malloc(size);
    EXPECT(disk != NULL);
    memcpy(disk, data + 1, size - 1);
    if (data[0] & 1) {
        uint32_t sector_size = data[0] & 2 ? 4096 : 512;

        repair(disk, size - 1, sector_size, 1);
        repair(disk, size - 1, sector_size, (size - 1) / sector_size - 1);
    }
    memory_reader_init(&memory, disk, size - 1);
    if (gpt_read(&memory.reader, &gpt, &error))
        use(&memory.reader, &gpt);
    else
        expect_error(&error);
    free(disk);
    return 0;
}
