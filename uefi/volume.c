/* SPDX-License-Identifier: MIT */
#include "file_source.h"

#include "base/string.h"
#include "base/units.h"
#include "file_path.h"
#include "firmware/memory.h"
#include "raw_file.h"

/* Some firmware fails on, or hangs in, a single read of much more. */
#define READ_MAX MIB

struct volume_file {
    struct reader reader;
    EFI_HANDLE device;
    EFI_FILE_HANDLE handle;
    uint64_t position;
    struct reader *raw; /* once the firmware has failed to read; NULL: not yet */
    char path[];
};

static EFI_FILE_IO_INTERFACE *find_volume(EFI_HANDLE device)
{
    return uefi_protocol(device, (EFI_GUID)EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID);
}

static bool is_volume(EFI_HANDLE device)
{
    return find_volume(device) != NULL;
}

static bool open_root(EFI_HANDLE device, EFI_FILE_HANDLE *out, struct error *error)
{
    EFI_FILE_IO_INTERFACE *volume = find_volume(device);
    EFI_FILE_HANDLE root = NULL;
    EFI_STATUS status = volume->OpenVolume(volume, &root);

    if (status != EFI_SUCCESS || root == NULL)
        return FAIL_WITH(error, FIRMWARE, "OpenVolume()", status);
    *out = root;
    return true;
}

static bool open_path(EFI_HANDLE device, const char *path, EFI_FILE_HANDLE *out,
                      struct error *error)
{
    CHAR16 name[FILE_PATH_MAX];
    EFI_FILE_HANDLE root, file = NULL;

    if (!open_root(device, &root, error))
        return false;
    if (file_path_convert(path, name) == 0) {
        root->Close(root);
        return FAIL(error, FILE_NOT_FOUND, 0);
    }

    EFI_STATUS status = root->Open(root, &file, name, EFI_FILE_MODE_READ, 0);

    root->Close(root);
    if (status == EFI_NOT_FOUND)
        return FAIL(error, FILE_NOT_FOUND, 0);
    if (status != EFI_SUCCESS || file == NULL)
        return FAIL_WITH(error, FIRMWARE, "file Open()", status);
    *out = file;
    return true;
}

/* The information ends with the name of the file, so its size is not known beforehand. */
static bool read_information(EFI_FILE_HANDLE file, uint64_t *size, bool *is_directory,
                             struct error *error)
{
    EFI_GUID kind = EFI_FILE_INFO_ID;
    EFI_FILE_INFO *info = NULL;
    UINTN capacity = 0;
    EFI_STATUS status = file->GetInfo(file, &kind, &capacity, NULL);

    if (status == EFI_BUFFER_TOO_SMALL)
        status = uefi.system->BootServices->AllocatePool(
            EfiLoaderData, maximum(capacity, sizeof(*info)), (void **)&info);
    if (status == EFI_SUCCESS && info != NULL)
        status = file->GetInfo(file, &kind, &capacity, info);
    if (status == EFI_SUCCESS && info != NULL) {
        *size = info->FileSize;
        *is_directory = (info->Attribute & EFI_FILE_DIRECTORY) != 0;
    }
    if (info != NULL)
        uefi.system->BootServices->FreePool(info);
    if (status != EFI_SUCCESS || info == NULL)
        return FAIL_WITH(error, FIRMWARE, "file GetInfo()", status);
    return true;
}

static bool read_by_driver(struct volume_file *file, uint64_t offset, uint64_t length, void *to,
                           struct error *error)
{
    EFI_STATUS status;

    if (file->position != offset) {
        status = file->handle->SetPosition(file->handle, offset);
        if (status != EFI_SUCCESS)
            return FAIL_WITH(error, FIRMWARE, "file SetPosition()", status);
        file->position = offset;
    }
    while (length > 0) {
        UINTN requested = minimum(length, READ_MAX), read = requested;

        status = file->handle->Read(file->handle, &read, to);
        if (status != EFI_SUCCESS || read > requested) {
            file->position = UINT64_MAX; /* unknown now */
            return FAIL_WITH(error, FIRMWARE, "file Read()", status);
        }
        if (read == 0)
            return FAIL(error, READ_BEYOND_END, offset + length, file->position);
        file->position += read;
        offset += read;
        length -= read;
        to = (uint8_t *)to + read;
    }
    return true;
}

/* What the driver says of a failure is little: where ours fails as well, it knows the sector. */
static bool read_file(struct reader *reader, uint64_t offset, uint64_t length, void *to,
                      struct error *error)
{
    struct volume_file *file = (struct volume_file *)reader;
    struct error raw_error = {0};

    firmware_must_be_alive();
    if (file->raw != NULL)
        return reader_read(file->raw, offset, length, to, error);
    if (read_by_driver(file, offset, length, to, error))
        return true;
    if (raw_file_open(file->device, file->path, &file->raw, &raw_error) &&
        reader_read(file->raw, offset, length, to, &raw_error))
        return true;
    if (raw_error.code == ERROR_DISK_READ)
        *error = raw_error;
    return false;
}

static void close_file(struct reader *reader)
{
    struct volume_file *file = (struct volume_file *)reader;

    firmware_must_be_alive();
    if (file->raw != NULL)
        reader_close(file->raw);
    file->handle->Close(file->handle);
    uefi.system->BootServices->FreePool(file);
}

static bool make_reader(EFI_HANDLE device, EFI_FILE_HANDLE handle, const char *path,
                        struct reader **out, struct error *error)
{
    uint64_t size = 0, path_size = strlen(path) + 1;
    bool is_directory = false;
    struct volume_file *file = NULL;

    if (!read_information(handle, &size, &is_directory, error))
        return false;
    if (is_directory)
        return FAIL(error, FAT_NOT_A_FILE, 0);
    if (uefi.system->BootServices->AllocatePool(EfiLoaderData, sizeof(*file) + path_size,
                                                (void **)&file) != EFI_SUCCESS)
        return FAIL(error, OUT_OF_MEMORY, 1);
    *file = (struct volume_file){
        .reader = {.size = size, .read = read_file, .close = close_file},
        .device = device,
        .handle = handle,
    };
    memcpy(file->path, path, path_size);
    *out = &file->reader;
    return true;
}

static bool open_by_driver(EFI_HANDLE device, const char *path, struct reader **out,
                           struct error *error)
{
    EFI_FILE_HANDLE handle;

    if (!open_path(device, path, &handle, error))
        return false;
    if (make_reader(device, handle, path, out, error))
        return true;
    handle->Close(handle);
    return false;
}

static bool open_file(EFI_HANDLE device, const char *path, struct reader **out, struct error *error)
{
    struct error raw_error = {0};

    if (open_by_driver(device, path, out, error))
        return true;
    if (error->code == ERROR_FIRMWARE && raw_file_open(device, path, out, &raw_error))
        return true;
    if (raw_error.code == ERROR_DISK_READ)
        *error = raw_error;
    return false;
}

const struct file_source volume_source = {.is_at = is_volume, .open = open_file};
