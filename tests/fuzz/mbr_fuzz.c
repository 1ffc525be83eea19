/* SPDX-License-Identifier: MIT */
#include "format/mbr.h"

#include "fuzz.h"

/* What is looked for: where images have their partition, and whatever the first entry says. */
static void look_for(const struct mbr *mbr, uint64_t start, uint64_t disk_size)
{
    struct mbr_partition partition;
    struct error error;

    if (!mbr_find(mbr, start, disk_size, &partition, &error)) {
        expect_error(&error);
        return;
    }
    EXPECT(partition.number >= 1 && partition.number <= MBR_ENTRY_COUNT);
    EXPECT(partition.type != MBR_TYPE_UNUSED && partition.size > 0);
    EXPECT(partition.start == start);
    EXPECT(start <= disk_size && partition.size <= disk_size - start);
}

/* The data are the disk, which for the bounds of partitions is as large as bytes 0 to 7 say. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct memory_reader memory;
    struct mbr mbr;
    struct error error;
    uint64_t disk_size;

    memory_reader_init(&memory, data, size);
    if (!mbr_read(&memory.reader, &mbr, &error)) {
        expect_error(&error);
        return 0;
    }
    memcpy(&disk_size, data, sizeof(disk_size));
    mbr_is_protective(&mbr);
    look_for(&mbr, 0x100000, disk_size);
    look_for(&mbr, mbr.entries[0].first_lba * UINT64_C(512), disk_size);
    look_for(&mbr, mbr.entries[0].first_lba * UINT64_C(4096), disk_size);
    return 0;
}
