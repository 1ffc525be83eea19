/* SPDX-License-Identifier: MIT */
#include "boot_disk.h"

#include "base/string.h"
#include "base/units.h"
#include "device_path.h"
#include "firmware/boot_disk.h"
#include "firmware/memory.h"

bool boot_disk_open(const void *path, size_t length, struct block_device *out, struct error *error)
{
    static const EFI_DEVICE_PATH end = {
        END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, {END_DEVICE_PATH_LENGTH, 0}};
    _Alignas(8) uint8_t disk_path[DEVICE_PATH_SIZE_MAX + sizeof(end)];
    EFI_DEVICE_PATH *rest = (EFI_DEVICE_PATH *)disk_path;
    EFI_GUID kind = EFI_BLOCK_IO_PROTOCOL_GUID;
    EFI_HANDLE handle = NULL;
    EFI_BLOCK_IO *io = NULL;

    memcpy(disk_path, path, length);
    memcpy(disk_path + length, &end, sizeof(end));
    if (uefi.system->BootServices->LocateDevicePath(&kind, &rest, &handle) == EFI_SUCCESS &&
        (uint8_t *)rest == disk_path + length)
        io = uefi_protocol(handle, kind);
    if (io == NULL)
        return FAIL_WITH(error, FIRMWARE, "LocateDevicePath()", EFI_NOT_FOUND);
    return block_device_open(io, out, error);
}

/* Anew for each use: nothing has to be given back when the loader ends. */
static bool open_own_disk(struct block_device *out, struct error *error)
{
    const EFI_LOADED_IMAGE *image =
        uefi_protocol(uefi.image, (EFI_GUID)EFI_LOADED_IMAGE_PROTOCOL_GUID);
    struct device_path_partition partition;
    const void *path = NULL;

    firmware_must_be_alive();
    if (image != NULL)
        path = uefi_protocol(image->DeviceHandle, (EFI_GUID)EFI_DEVICE_PATH_PROTOCOL_GUID);
    if (path == NULL || !device_path_find_partition(path, &partition))
        return FAIL_WITH(error, NO_BOOT_VOLUME, "its device is no partition of a disk");
    return boot_disk_open(path, partition.disk_length, out, error);
}

bool firmware_find_boot_disk(struct firmware_boot_disk *out)
{
    struct block_device disk;
    struct error unused;

    if (!open_own_disk(&disk, &unused))
        return false;
    uint32_t sector_size = disk.io->Media->BlockSize;
    bool is_read_only = disk.io->Media->ReadOnly;

    reader_close(&disk.reader);
    if (sector_size != 512 && sector_size != 4096)
        return false;
    *out = (struct firmware_boot_disk){sector_size, is_read_only};
    return true;
}

bool firmware_read_boot_disk(uint64_t offset, uint64_t length, void *to, struct error *error)
{
    struct block_device disk;

    if (!open_own_disk(&disk, error))
        return false;
    bool is_read = reader_read(&disk.reader, offset, length, to, error);

    reader_close(&disk.reader);
    return is_read;
}

bool firmware_write_boot_disk(uint64_t offset, uint64_t length, const void *from,
                              struct error *error)
{
    struct block_device disk;

    if (!open_own_disk(&disk, error))
        return false;
    bool is_written = block_device_write(&disk, offset, length, from, error);

    reader_close(&disk.reader);
    return is_written;
}
