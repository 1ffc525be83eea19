/* SPDX-License-Identifier: MIT */
#include "format/fat.h"

#include "base/units.h"
#include "fuzz.h"

/*
 * The input repeats itself to the end of the partition. So a few sectors are enough for a FAT32,
 * which has 33 MB at least, and wherever its root directory lies, there is something to read.
 */
struct repeating_reader {
    struct reader reader;
    const uint8_t *data;
    size_t data_size;
    uint64_t reads;
};

static bool read_repeating(struct reader *reader, uint64_t offset, uint64_t length, void *to,
                           struct error *error)
{
    struct repeating_reader *repeating = (struct repeating_reader *)reader;
    uint8_t *bytes = to;

    (void)error;
    EXPECT(offset <= reader->size && length <= reader->size - offset);
    repeating->reads++;
    while (length > 0) {
        uint64_t place = offset % repeating->data_size;
        uint64_t part = minimum(length, repeating->data_size - place);

        memcpy(bytes, repeating->data + place, part);
        bytes += part;
        offset += part;
        length -= part;
    }
    return true;
}

static void read_file(struct fat_volume *volume, const char *path)
{
    static uint8_t bytes[16 * 1024];
    struct fat_file file;
    struct error error;

    if (!fat_open_file(volume, path, &file, &error)) {
        expect_error(&error);
        return;
    }
    uint64_t length = minimum(file.reader.size, sizeof(bytes));
    if (!reader_read(&file.reader, 0, length, bytes, &error) ||
        !reader_read(&file.reader, length / 2, length - length / 2, bytes, &error) ||
        !reader_read(&file.reader, length / 3, length / 3, bytes, &error))
        expect_error(&error);
    reader_close(&file.reader);
}

static void walk(struct fat_volume *volume, const char *path, int depth)
{
    struct fat_directory directory;
    struct fat_entry entry;
    struct error error;
    char inner[3 * sizeof(entry.name)];
    bool end;

    if (!fat_open_directory(volume, path, &directory, &error)) {
        expect_error(&error);
        return;
    }
    for (int i = 0; i < 40; i++) {
        if (!fat_read_entry(&directory, &entry, &end, &error)) {
            expect_error(&error);
            return;
        }
        if (end)
            return;
        EXPECT(strlen(entry.name) < sizeof(entry.name));
        EXPECT(strlen(entry.short_name) < sizeof(entry.short_name));
        if (i % 8 != 0 || strlen(path) + strlen(entry.name) + 2 > sizeof(inner))
            continue; /* to look each of them up would be slow */
        strcpy(inner, path);
        strcat(inner, "/");
        strcat(inner, entry.name);
        read_file(volume, inner);
        if (entry.is_directory && depth > 0)
            walk(volume, inner, depth - 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct repeating_reader partition = {
        .reader = {.size = 36 * MIB, .read = read_repeating}, .data = data, .data_size = size};
    static struct fat_volume volume;
    struct error error;

    if (size == 0)
        return 0;
    if (!fat_open(&partition.reader, &volume, &error)) {
        expect_error(&error);
        return 0;
    }
    EXPECT(volume.type == FAT12 || volume.type == FAT16 || volume.type == FAT32);
    EXPECT(volume.data_start + (uint64_t)volume.cluster_count * volume.cluster_size <=
           partition.reader.size);
    EXPECT(strlen(volume.label) < sizeof(volume.label));
    walk(&volume, "", 2);
    read_file(&volume, "/kernel.elf");
    read_file(&volume, "/bowline/boot.conf");
    return 0;
}
