/* SPDX-License-Identifier: MIT */
/* Starting what is no kernel: another loader, a tool of the firmware, another system's boot sector.
 */
#pragma once

#include "boot/settings.h"

/*
 * Starts what the entry has instead of a kernel: its EFI application on UEFI, the boot sector of
 * its partition on a BIOS. Returns, always false, when that could not be started, or has come back.
 */
bool firmware_chainload(const struct settings *settings, struct frames *frames,
                        struct error *error);
