/* SPDX-License-Identifier: MIT */
/*
 * Another application in place of the loader (UEFI 2.10, 7.4). It is read and checked here, and the
 * firmware loads it from this memory; its device path tells it where its files are.
 */
#include "firmware/chainload.h"

#include "base/string.h"
#include "base/units.h"
#include "console/log.h"
#include "device_path.h"
#include "file_path.h"
#include "firmware/memory.h"
#include "firmware/volume.h"
#include "http.h"
#include "utf16.h"

static bool make_path(const EFI_LOADED_IMAGE *self, const char *application,
                      struct device_path *out)
{
    const void *device = uefi_protocol(self->DeviceHandle, (EFI_GUID)EFI_DEVICE_PATH_PROTOCOL_GUID);
    CHAR16 name[FILE_PATH_MAX];
    char uri[URI_SIZE_MAX];
    struct boot_uri boot;

    if (device == NULL || !device_path_copy(out, device))
        return false;
    if (http_find_boot_uri(self->DeviceHandle, &boot)) /* the addresses are in one of the two */
        return (self->FilePath == NULL || device_path_copy(out, self->FilePath)) &&
               uri_join(&boot, application, uri) &&
               device_path_add(out, MESSAGING_DEVICE_PATH, MSG_URI_DP, uri, strlen(uri));
    size_t length = file_path_convert(application, name);
    return length > 0 && device_path_add(out, MEDIA_DEVICE_PATH, MEDIA_FILEPATH_DP, name,
                                         length * sizeof(CHAR16));
}

/* It may have been loaded all the same, only not to be started (UEFI 2.10, 7.4.1). */
static bool fail_to_load(EFI_HANDLE image, EFI_STATUS status, struct error *error)
{
    if (image != NULL)
        uefi.system->BootServices->UnloadImage(image);
    if (status == EFI_SECURITY_VIOLATION || status == EFI_ACCESS_DENIED)
        return FAIL(error, CHAINLOAD_FORBIDDEN, status);
    return FAIL(error, CHAINLOAD_NO_APPLICATION, status);
}

static bool load(const struct settings *settings, const struct memory_reader *file, EFI_HANDLE *out,
                 struct error *error)
{
    EFI_BOOT_SERVICES *services = uefi.system->BootServices;
    const EFI_LOADED_IMAGE *self =
        uefi_protocol(uefi.image, (EFI_GUID)EFI_LOADED_IMAGE_PROTOCOL_GUID);
    struct device_path path = {0};
    EFI_HANDLE image = NULL;

    if (self == NULL || !make_path(self, settings->application, &path))
        return FAIL_WITH(error, NO_BOOT_VOLUME, "its device has no path that can be passed on");

    EFI_STATUS status =
        services->LoadImage(FALSE, uefi.image, (EFI_DEVICE_PATH *)path.bytes,
                            (void *)(uintptr_t)file->bytes, (UINTN)file->reader.size, &image);

    if (status != EFI_SUCCESS)
        return fail_to_load(image, status, error);
    *out = image;
    return true;
}

/* As other loaders do, without the application's own name. */
static bool give_options(EFI_HANDLE image, const char *options, CHAR16 **out, struct error *error)
{
    EFI_LOADED_IMAGE *loaded = uefi_protocol(image, (EFI_GUID)EFI_LOADED_IMAGE_PROTOCOL_GUID);
    UINTN count = strlen(options) + 2;
    void *text = NULL;

    if (options[0] == '\0')
        return true;
    if (loaded == NULL || uefi.system->BootServices->AllocatePool(
                              EfiLoaderData, count * sizeof(CHAR16), &text) != EFI_SUCCESS)
        return FAIL(error, OUT_OF_MEMORY, count * sizeof(CHAR16) / KIB + 1);
    count = utf16_write(options, text, count);
    loaded->LoadOptions = text;
    loaded->LoadOptionsSize = (UINT32)(count * sizeof(CHAR16));
    *out = text;
    return true;
}

/* Whatever comes back is a failure: the entry has been chosen in order to boot something. */
static bool start(EFI_HANDLE image, const struct settings *settings, struct error *error)
{
    EFI_BOOT_SERVICES *services = uefi.system->BootServices;
    CHAR16 *options = NULL, *data = NULL;
    UINTN data_size = 0;

    if (!give_options(image, settings->options, &options, error)) {
        services->UnloadImage(image);
        return false;
    }
    log_message(LOG_INFO, "starting %s", settings->application);

    EFI_STATUS status = services->StartImage(image, &data_size, &data);

    uefi_restore_video();
    if (data != NULL)
        services->FreePool(data);
    if (options != NULL)
        services->FreePool(options);
    if (status == EFI_SECURITY_VIOLATION) /* it has never run */
        return fail_to_load(image, status, error);
    return FAIL(error, CHAINLOAD_RETURNED, status);
}

/* The firmware has its own copy then: what it starts finds the memory free. */
static bool read_and_load(const struct settings *settings, struct reader *file,
                          struct frames *frames, EFI_HANDLE *out, struct error *error)
{
    struct memory_reader memory;

    if (!integrity_read(&settings->application_hash, file, frames, &memory, error))
        return false;
    bool is_loaded = load(settings, &memory, out, error);

    if (memory.reader.size > 0)
        frames_give_back(frames, (uintptr_t)memory.bytes, pages_for(memory.reader.size));
    return is_loaded;
}

bool firmware_prepare_chainload(const struct settings *settings, struct frames *frames, void **out,
                                struct error *error)
{
    const char *application = settings->application;
    struct reader *file;

    firmware_must_be_alive();
    if (application == NULL)
        return FAIL_WITH(error, CHAINLOAD_FIRMWARE, "a boot sector");
    if (!firmware_open_file(application, &file, error))
        return false;
    bool is_loaded = read_and_load(settings, file, frames, out, error);

    reader_close(file);
    return is_loaded || error_in(error, application);
}

bool firmware_start_chainload(const struct settings *settings, void *prepared, struct error *error)
{
    firmware_must_be_alive();
    return start(prepared, settings, error) || error_in(error, settings->application);
}
