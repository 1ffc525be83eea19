/* SPDX-License-Identifier: MIT */
#include "device_path.h"

#include "base/bytes.h"
#include "base/string.h"

/* The node at an offset of a path, which goes on behind it. */
struct node {
    EFI_DEVICE_PATH header;
    const uint8_t *bytes;
    size_t length;
};

static bool is_end(const struct node *node)
{
    return (node->header.Type & EFI_DP_TYPE_MASK) == END_DEVICE_PATH_TYPE;
}

/* False: the path is damaged there. */
static bool read_node(const void *path, size_t offset, struct node *out)
{
    struct node node = {.bytes = (const uint8_t *)path + offset};

    if (offset + sizeof(node.header) > DEVICE_PATH_SIZE_MAX)
        return false;
    memcpy(&node.header, node.bytes, sizeof(node.header));
    node.length = load_le16(node.header.Length);
    if (!is_end(&node) &&
        (node.length < sizeof(node.header) || node.length > DEVICE_PATH_SIZE_MAX - offset))
        return false;
    *out = node;
    return true;
}

static bool is_node(const struct node *node, uint8_t type, uint8_t subtype)
{
    return node->header.Type == type && node->header.SubType == subtype;
}

bool device_path_find_partition(const void *path, struct device_path_partition *out)
{
    struct device_path_partition found = {0};
    struct node node;

    for (size_t offset = 0; read_node(path, offset, &node); offset += node.length) {
        if (is_end(&node)) {
            if (found.disk_length == 0)
                return false;
            *out = found;
            return true;
        }
        if (!is_node(&node, MEDIA_DEVICE_PATH, MEDIA_HARDDRIVE_DP))
            continue;
        if (node.length < sizeof(found.node))
            return false;
        found.disk_length = offset;
        memcpy(&found.node, node.bytes, sizeof(found.node));
    }
    return false;
}

/* Partitions and what boots of a disc have it at the same place (UEFI 2.10, 10.3.5.1 and 10.3.5.2).
 */
uint64_t device_path_first_block(const void *path)
{
    enum { PARTITION_START = offsetof(struct hard_drive_node, partition_start) };
    uint64_t first_block = 0;
    struct node node;

    for (size_t offset = 0; read_node(path, offset, &node); offset += node.length) {
        if (is_end(&node))
            return first_block;
        if ((is_node(&node, MEDIA_DEVICE_PATH, MEDIA_HARDDRIVE_DP) ||
             is_node(&node, MEDIA_DEVICE_PATH, MEDIA_CDROM_DP)) &&
            node.length >= PARTITION_START + sizeof(first_block))
            memcpy(&first_block, node.bytes + PARTITION_START, sizeof(first_block));
    }
    return 0;
}

/* Addresses come before the URI (UEFI 2.10, 24.7.3.1), and there need not be any. */
bool device_path_find_uri(const void *path, struct device_path_uri *out)
{
    struct device_path_uri found = {0};
    struct node node;

    for (size_t offset = 0; read_node(path, offset, &node); offset += node.length) {
        if (is_end(&node)) {
            if (found.uri == NULL)
                return false;
            *out = found;
            return true;
        }
        if (is_node(&node, MESSAGING_DEVICE_PATH, MSG_URI_DP)) {
            found.uri = (const char *)node.bytes + sizeof(node.header);
            found.uri_length = node.length - sizeof(node.header);
        }
        if (is_node(&node, MESSAGING_DEVICE_PATH, MSG_IPv4_DP) && node.length >= sizeof(found.ip4))
            memcpy(&found.ip4, node.bytes, sizeof(found.ip4));
        if (is_node(&node, MESSAGING_DEVICE_PATH, MSG_IPv6_DP) && node.length >= sizeof(found.ip6))
            memcpy(&found.ip6, node.bytes, sizeof(found.ip6));
    }
    return false;
}

bool device_path_add(struct device_path *to, uint8_t type, uint8_t subtype, const void *bytes,
                     size_t length)
{
    static const EFI_DEVICE_PATH end = {
        END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, {END_DEVICE_PATH_LENGTH, 0}};
    EFI_DEVICE_PATH header = {type, subtype, {0}};
    uint8_t *next = to->bytes + to->length;

    if (length > sizeof(to->bytes) - to->length ||
        sizeof(to->bytes) - to->length - length < sizeof(header) + sizeof(end))
        return false;
    store_le16(header.Length, (uint16_t)(sizeof(header) + length));
    memcpy(next, &header, sizeof(header));
    memcpy(next + sizeof(header), bytes, length);
    memcpy(next + sizeof(header) + length, &end, sizeof(end));
    to->length += sizeof(header) + length;
    return true;
}

bool device_path_copy(struct device_path *to, const void *path)
{
    struct node node;

    for (size_t offset = 0; read_node(path, offset, &node); offset += node.length) {
        if (is_end(&node))
            return true;
        if (!is_node(&node, MEDIA_DEVICE_PATH, MEDIA_FILEPATH_DP) &&
            !is_node(&node, MESSAGING_DEVICE_PATH, MSG_URI_DP) &&
            !device_path_add(to, node.header.Type, node.header.SubType,
                             node.bytes + sizeof(node.header), node.length - sizeof(node.header)))
            return false;
    }
    return false;
}
