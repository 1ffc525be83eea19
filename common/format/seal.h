/* SPDX-License-Identifier: MIT */
/*
 * The seal area: which boot.conf the loader takes. It lies in the UEFI applications, as a section
 * of its own (".seal"), and in the header of stage 2 (format/stage.h). mkimage fills it in.
 *
 * Loaders that are not sealed have one, too, and all of it is under the checksum: neither a flipped
 * bit nor an area that was overwritten takes a seal away. docs/sealing.md says what it is for.
 */
#pragma once

#include "base/error.h"
#include "base/sha256.h"

enum { SEAL_HASHES_MAX = 2 };

/* SEAL_EMPTY initialises a seal that takes every boot.conf. */
#define SEAL_MAGIC 0x314c4145534c5742 /* "BWLSEAL1" */
#define SEAL_EMPTY                                                                                 \
    {                                                                                              \
        .magic = SEAL_MAGIC, .crc32 = 0x0c6e2686                                                   \
    }

struct seal {
    uint64_t magic;
    uint32_t count;                               /* of hashes, 0: every boot.conf is taken */
    uint8_t sha256[SEAL_HASHES_MAX][SHA256_SIZE]; /* of a whole boot.conf; unused ones are zero */
    uint32_t crc32;                               /* of everything before it */
};
_Static_assert(sizeof(struct seal) == 80, "docs/image-layout.md, bios/stage2/start.S");
_Static_assert(__builtin_offsetof(struct seal, crc32) == 76, "no padding before the checksum");

/* Fails with SEAL_DAMAGED unless mkimage, or whoever links the loader, has written all of it. */
bool seal_check(const struct seal *seal, struct error *error);

/*
 * Fails with SEAL_DIFFERS unless a boot.conf with this hash may be used. The seal has been checked.
 */
bool seal_take(const struct seal *seal, const uint8_t sha256[SHA256_SIZE], struct error *error);
