/* SPDX-License-Identifier: MIT */
#include "device_path.h"

#include "base/bytes.h"
#include "base/string.h"

bool device_path_find_partition(const void *path, struct device_path_partition *out)
{
    struct device_path_partition found = {0};
    EFI_DEVICE_PATH header;

    for (size_t offset = 0, length; offset + sizeof(header) <= DEVICE_PATH_SIZE_MAX;
         offset += length) {
        const uint8_t *node = (const uint8_t *)path + offset;

        memcpy(&header, node, sizeof(header));
        if ((header.Type & EFI_DP_TYPE_MASK) == END_DEVICE_PATH_TYPE) {
            if (found.disk_length == 0)
                return false;
            *out = found;
            return true;
        }
        length = load_le16(header.Length);
        if (length < sizeof(header) || length > DEVICE_PATH_SIZE_MAX - offset)
            return false;
        if (header.Type != MEDIA_DEVICE_PATH || header.SubType != MEDIA_HARDDRIVE_DP)
            continue;
        if (length < sizeof(found.node))
            return false;
        found.disk_length = offset;
        memcpy(&found.node, node, sizeof(found.node));
    }
    return false;
}
