/* SPDX-License-Identifier: MIT */
#include "host/parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "firmware/boot_device.h"
#include "firmware/boot_disk.h"
#include "firmware/memory.h"
#include "firmware/volume.h"

/* ---- firmware/volume.h, firmware/boot_device.h ---- */

struct open_file {
    struct reader reader; /* first, for the casts below */
    struct memory_reader memory;
    struct reader *source;
};

static bool read_file(struct reader *reader, uint64_t offset, uint64_t length, void *to,
                      struct error *error)
{
    struct open_file *file = (struct open_file *)reader;

    firmware_must_be_alive();
    if (host_call_fails())
        return FAIL(error, DISK_READ, offset / 512, pages_for(length), 4);
    return reader_read(file->source, offset, length, to, error);
}

static void close_file(struct reader *reader)
{
    host_current->open_files--;
    free(reader);
}

bool firmware_open_file(const char *path, struct reader **out, struct error *error)
{
    firmware_must_be_alive();
    if (host_call_fails())
        return FAIL(error, DISK_READ, 1, 1, 4);
    for (size_t i = 0; i < host_current->file_count; i++) {
        const struct host_machine_file *source = &host_current->files[i];

        if (strcmp(source->path, path) != 0)
            continue;
        struct open_file *file = calloc(1, sizeof(*file));
        if (file == NULL)
            abort();
        memory_reader_init(&file->memory, source->bytes, source->size);
        file->source = source->reader != NULL ? source->reader : &file->memory.reader;
        file->reader = (struct reader){file->source->size, read_file, close_file};
        host_current->open_files++;
        *out = &file->reader;
        return true;
    }
    return FAIL(error, FILE_NOT_FOUND);
}

void firmware_find_boot_device(struct bowline_boot_device *out)
{
    firmware_must_be_alive();
    *out = host_current->boot_device;
}

/* ---- firmware/boot_disk.h ---- */

bool firmware_find_boot_disk(struct firmware_boot_disk *out)
{
    firmware_must_be_alive();
    if (host_current->disk == NULL)
        return false;
    *out = (struct firmware_boot_disk){host_current->disk_sector_size,
                                       host_current->is_disk_read_only};
    return true;
}

static bool is_unreadable_in(uint64_t offset, uint64_t length)
{
    return host_current->unreadable_byte != 0 && host_current->unreadable_byte >= offset &&
           host_current->unreadable_byte - offset < length;
}

static uint8_t *disk_bytes(uint64_t offset, uint64_t length)
{
    if (offset > host_current->disk_size || length > host_current->disk_size - offset)
        abort();
    return host_current->disk + offset;
}

bool firmware_read_boot_disk(uint64_t offset, uint64_t length, void *to, struct error *error)
{
    firmware_must_be_alive();
    if (host_call_fails() || is_unreadable_in(offset, length))
        return FAIL(error, DISK_READ, offset / 512, pages_for(length), 4);
    memcpy(to, disk_bytes(offset, length), length);
    return true;
}

bool firmware_write_boot_disk(uint64_t offset, uint64_t length, const void *from,
                              struct error *error)
{
    firmware_must_be_alive();
    if (offset % host_current->disk_sector_size != 0 ||
        length % host_current->disk_sector_size != 0)
        abort();
    if (host_call_fails())
        return FAIL(error, DISK_WRITE, offset / 512, pages_for(length), 3);
    host_current->disk_writes++;
    memcpy(disk_bytes(offset, length), from, length);
    if (is_unreadable_in(offset, length))
        host_current->unreadable_byte = 0;
    if (host_current->fails_after_writing)
        return FAIL_WITH(error, FIRMWARE, "FlushBlocks()", 7);
    return true;
}
