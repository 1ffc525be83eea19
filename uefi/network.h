/* SPDX-License-Identifier: MIT */
/* What the network that the application was loaded from has said. */
#pragma once

#include "uefi.h"

#include "network/dhcp.h"

/* False: this is no network card, or the firmware did not boot from it. */
bool network_find_boot_file(EFI_HANDLE device, struct boot_file *out);
