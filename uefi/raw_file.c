/* SPDX-License-Identifier: MIT */
#include "raw_file.h"

#include "base/units.h"
#include "block_device.h"
#include "device_path.h"
#include "format/fat.h"

struct raw_file {
    struct reader reader;
    struct block_device partition;
    struct fat_volume volume;
    struct fat_file file;
};

static bool read_raw(struct reader *reader, uint64_t offset, uint64_t length, void *to,
                     struct error *error)
{
    return reader_read(&((struct raw_file *)reader)->file.reader, offset, length, to, error);
}

static void close_raw(struct reader *reader)
{
    struct raw_file *raw = (struct raw_file *)reader;

    reader_close(&raw->partition.reader);
    uefi.system->BootServices->FreePool(raw);
}

static bool open_in(struct raw_file *raw, EFI_HANDLE device, const char *path, struct error *error)
{
    EFI_BLOCK_IO *io = uefi_protocol(device, (EFI_GUID)EFI_BLOCK_IO_PROTOCOL_GUID);
    const void *device_path = uefi_protocol(device, (EFI_GUID)EFI_DEVICE_PATH_PROTOCOL_GUID);

    if (io == NULL)
        return FAIL_WITH(error, FIRMWARE, "BlockIo", EFI_NOT_FOUND);
    if (!block_device_open(io, &raw->partition, error))
        return false;
    if (device_path != NULL)
        raw->partition.first_block = device_path_first_block(device_path);
    if (fat_open(&raw->partition.reader, &raw->volume, error) &&
        fat_open_file(&raw->volume, path, &raw->file, error))
        return true;
    reader_close(&raw->partition.reader);
    return false;
}

bool raw_file_open(EFI_HANDLE device, const char *path, struct reader **out, struct error *error)
{
    struct raw_file *raw = NULL;

    if (uefi.system->BootServices->AllocatePool(EfiLoaderData, sizeof(*raw), (void **)&raw) !=
        EFI_SUCCESS)
        return FAIL(error, OUT_OF_MEMORY, pages_for(sizeof(*raw)));
    if (!open_in(raw, device, path, error)) {
        uefi.system->BootServices->FreePool(raw);
        return false;
    }
    raw->reader =
        (struct reader){.size = raw->file.reader.size, .read = read_raw, .close = close_raw};
    *out = &raw->reader;
    return true;
}
