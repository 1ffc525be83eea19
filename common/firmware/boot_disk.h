/* SPDX-License-Identifier: MIT */
/*
 * The whole disk that the loader itself was read from, by bytes from its start, for the little that
 * the loader writes. Whoever writes has found his own mark there before.
 */
#pragma once

#include "base/error.h"

struct firmware_boot_disk {
    uint32_t sector_size; /* bytes: 512 or 4096 */
    bool is_read_only;    /* the firmware says so; a BIOS does not know, and its write fails */
};

/* False: it was no disk, but a disc or a server. */
bool firmware_find_boot_disk(struct firmware_boot_disk *out);

/* Any bytes, always from the medium. */
bool firmware_read_boot_disk(uint64_t offset, uint64_t length, void *to, struct error *error);

/*
 * Whole sectors. They have been handed to the medium when it returns, as far as the firmware can
 * see to that: who must be sure reads them again.
 */
bool firmware_write_boot_disk(uint64_t offset, uint64_t length, const void *from,
                              struct error *error);
