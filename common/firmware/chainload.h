/* SPDX-License-Identifier: MIT */
/* Starting what is no kernel: another loader, a tool of the firmware, another system's boot sector.
 */
#pragma once

#include "boot/settings.h"

/*
 * Reads and checks what the entry has instead of a kernel: its EFI application on UEFI, the boot
 * sector of its partition on a BIOS. *out is what to start, and nothing to the caller.
 */
bool firmware_prepare_chainload(const struct settings *settings, struct frames *frames, void **out,
                                struct error *error);

/* Starts it. Returns, always false, when that could not be done, or when it has come back. */
bool firmware_start_chainload(const struct settings *settings, void *prepared, struct error *error);
