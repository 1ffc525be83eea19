/* SPDX-License-Identifier: MIT */
#include "firmware/volume.h"

#include "base/units.h"
#include "file_source.h"
#include "firmware/memory.h"

/*
 * A path with a URI is never that of anything else. PXE comes before file systems: the handle of a
 * network card can have a file system too, in which iPXE shows what it has loaded itself and
 * nothing else.
 */
static const struct file_source *const sources[] = {&http_source, &network_source, &volume_source};

static bool open_file(const char *path, struct reader **out, struct error *error)
{
    const EFI_LOADED_IMAGE *image =
        uefi_protocol(uefi.image, (EFI_GUID)EFI_LOADED_IMAGE_PROTOCOL_GUID);

    if (image == NULL || image->DeviceHandle == NULL)
        return FAIL_WITH(error, NO_BOOT_VOLUME, "it has no device handle");
    for (size_t i = 0; i < COUNT_OF(sources); i++) {
        if (sources[i]->is_at(image->DeviceHandle))
            return sources[i]->open(image->DeviceHandle, path, out, error);
    }
    return FAIL_WITH(error, NO_BOOT_VOLUME, "its device has no file system, PXE or HTTP");
}

bool firmware_open_file(const char *path, struct reader **out, struct error *error)
{
    firmware_must_be_alive();
    return open_file(path, out, error) || error_in(error, path);
}
