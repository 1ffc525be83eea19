/* SPDX-License-Identifier: MIT */
#include "firmware/boot_device.h"

#include "base/bytes.h"
#include "base/string.h"
#include "boot_disk.h"
#include "console/log.h"
#include "device_path.h"
#include "firmware/memory.h"
#include "format/gpt.h"
#include "format/mbr.h"
#include "http.h"
#include "network.h"
#include "uefi.h"

static bool read_disk(struct reader *disk, struct bowline_boot_device *out, struct error *error)
{
    uint8_t signature[4];
    struct gpt gpt;

    if (!reader_read(disk, MBR_SIGNATURE_OFFSET, sizeof(signature), signature, error))
        return false;
    out->mbr_signature = load_le32(signature);
    if (!gpt_read(disk, &gpt, error))
        return false;
    memcpy(out->disk_guid, &gpt.header.disk_guid, sizeof(out->disk_guid));
    return true;
}

/* What only the disk's own first sectors tell. A kernel can do without it. */
static void describe_disk(const void *path, size_t length, struct bowline_boot_device *out)
{
    struct block_device disk;
    struct error error = {0};
    bool is_read = false;

    if (boot_disk_open(path, length, &disk, &error)) {
        is_read = read_disk(&disk.reader, out, &error);
        reader_close(&disk.reader);
    }
    if (is_read)
        return;
    error_in(&error, "the boot disk");
    log_error(LOG_WARNING, &error);
}

void firmware_find_boot_device(struct bowline_boot_device *out)
{
    struct device_path_partition partition;

    firmware_must_be_alive();
    *out = (struct bowline_boot_device){0};

    const EFI_LOADED_IMAGE *image =
        uefi_protocol(uefi.image, (EFI_GUID)EFI_LOADED_IMAGE_PROTOCOL_GUID);
    struct boot_file boot_file;
    struct boot_uri boot_uri;
    uint8_t server[IP4_SIZE];
    const void *path;

    if (image == NULL)
        return;
    if (http_find_boot_uri(image->DeviceHandle, &boot_uri)) {
        if (uri_find_ip4(&boot_uri, server))
            out->server_ip4 = load_le32(server);
        return;
    }
    if (network_find_boot_file(image->DeviceHandle, &boot_file)) {
        out->server_ip4 = load_le32(boot_file.server);
        return;
    }
    path = uefi_protocol(image->DeviceHandle, (EFI_GUID)EFI_DEVICE_PATH_PROTOCOL_GUID);
    if (path == NULL || !device_path_find_partition(path, &partition))
        return; /* from a disc */
    out->partition_number = partition.node.partition_number;
    if (partition.node.signature_type == SIGNATURE_TYPE_MBR)
        out->mbr_signature = load_le32(partition.node.signature);
    if (partition.node.signature_type != SIGNATURE_TYPE_GUID)
        return;
    memcpy(out->partition_guid, partition.node.signature, sizeof(out->partition_guid));
    describe_disk(path, partition.disk_length, out);
}
