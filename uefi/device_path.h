/* SPDX-License-Identifier: MIT */
/* Device paths: how a handle is reached (UEFI specification 2.10, chapter 10). */
#pragma once

#include "uefi.h"

#include <stddef.h>

/* Nothing says how long a path is but its own nodes: longer ones are taken for damaged. */
enum { DEVICE_PATH_SIZE_MAX = 4096 };

_Static_assert(sizeof(EFI_DEVICE_PATH) == 4, "UEFI 2.10, 10.3.1");

/* gnu-efi's HARDDRIVE_DEVICE_PATH has padding that the firmware's has not. */
struct hard_drive_node {
    EFI_DEVICE_PATH header;
    uint32_t partition_number; /* from 1 */
    uint64_t partition_start;  /* blocks */
    uint64_t partition_size;
    uint8_t signature[16]; /* the partition's GUID, or the disk's signature in the first four */
    uint8_t table_format;
    uint8_t signature_type; /* SIGNATURE_TYPE_GUID or _MBR; 0: none */
} __attribute__((packed));
_Static_assert(sizeof(struct hard_drive_node) == 42, "UEFI 2.10, 10.3.5.1");

/* The last hard drive node of a path. */
struct device_path_partition {
    size_t disk_length; /* bytes of the path before it, which lead to the disk */
    struct hard_drive_node node;
};

/* False: the path leads to no partition, or is damaged. It may lie at any address. */
bool device_path_find_partition(const void *path, struct device_path_partition *out);

/*
 * How many blocks of the disk or disc lie before what the path leads to: a partition, or the image
 * that UEFI boots from a disc. 0 where that is not known.
 */
uint64_t device_path_first_block(const void *path);

/* The rest of gnu-efi's nodes for addresses differs from release to release as well. */
struct ip4_node {
    EFI_DEVICE_PATH header;
    uint8_t local[4], remote[4];
    uint16_t local_port, remote_port;
    uint16_t protocol;
    uint8_t is_static;
    uint8_t gateway[4], mask[4];
} __attribute__((packed));
_Static_assert(sizeof(struct ip4_node) == 27 && offsetof(struct ip4_node, mask) == 23,
               "UEFI 2.10, 10.3.4.12");

struct ip6_node {
    EFI_DEVICE_PATH header;
    uint8_t local[16], remote[16];
    uint16_t local_port, remote_port;
    uint16_t protocol;
    uint8_t origin, prefix_length;
    uint8_t gateway[16];
} __attribute__((packed));
_Static_assert(sizeof(struct ip6_node) == 60 && offsetof(struct ip6_node, gateway) == 44,
               "UEFI 2.10, 10.3.4.13");

/* The URI that the last node of its kind has, and the machine's addresses on the way there. */
struct device_path_uri {
    const char *uri; /* in the path, and no NUL ends it */
    size_t uri_length;
    struct ip4_node ip4; /* zero: the path has none */
    struct ip6_node ip6;
};

/* False: the path has no URI, or is damaged. It may lie at any address. */
bool device_path_find_uri(const void *path, struct device_path_uri *out);

/* A path that is being made: whole after every step. */
struct device_path {
    size_t length; /* bytes, without those of the node that ends it */
    _Alignas(8) uint8_t bytes[DEVICE_PATH_SIZE_MAX];
};

/*
 * Adds what `path` leads to, without the names of files and URIs on it. False: it is damaged, or
 * there is no room.
 */
bool device_path_copy(struct device_path *to, const void *path);

/* Adds a node with `length` bytes of its own. False: there is no room. */
bool device_path_add(struct device_path *to, uint8_t type, uint8_t subtype, const void *bytes,
                     size_t length);
