/* SPDX-License-Identifier: MIT */
/* Where the files beside the loader come from: known only when it runs. */
#pragma once

#include "uefi.h"

#include "format/reader.h"

struct file_source {
    /* Was an application whose device handle this is loaded from such a source? */
    bool (*is_at)(EFI_HANDLE device);

    /* As firmware_open_file(). */
    bool (*open)(EFI_HANDLE device, const char *path, struct reader **out, struct error *error);
};

extern const struct file_source http_source;    /* HTTP, by the firmware's own driver */
extern const struct file_source network_source; /* TFTP, by the PXE base code */
extern const struct file_source volume_source;  /* a file system */
