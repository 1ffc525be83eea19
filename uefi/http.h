/* SPDX-License-Identifier: MIT */
/* What the firmware says of an HTTP boot. */
#pragma once

#include "network/uri.h"
#include "uefi.h"

/*
 * The URI of the boot file, and with it where the others are. False: the firmware has not loaded
 * the application by HTTP, or does not say from where.
 */
bool http_find_boot_uri(EFI_HANDLE device, struct boot_uri *out);
