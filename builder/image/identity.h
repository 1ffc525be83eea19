/* SPDX-License-Identifier: MIT */
/*
 * What makes an image distinguishable: GUIDs, serial number and disk signature, all derived from
 * what is in it. So the same inputs give the same bytes, and different images do not clash when
 * two of them are plugged into one machine.
 */
#pragma once

#include "base/sha256.h"
#include "format/gpt.h"

struct identity {
    struct guid disk;
    struct guid bios_partition;
    struct guid esp;
    uint8_t contents[SHA256_SIZE]; /* what all of it is derived from */
    uint32_t volume_id;            /* of the FAT file system; never 0 */
    uint32_t disk_signature;       /* in the MBR; never 0 */
};

void identity_derive(const uint8_t contents[SHA256_SIZE], struct identity *out);

/* The GUID of one of the user's own partitions, counted from 0. */
struct guid identity_partition(const struct identity *identity, uint32_t index);

/*
 * The time that everything in the image carries, Unix seconds: SOURCE_DATE_EPOCH (reproducible-
 * builds.org), or else the first moment that FAT knows, 1980-01-01. What FAT cannot express becomes
 * the nearest time that it can.
 */
bool identity_time(uint64_t *out, struct error *error);
