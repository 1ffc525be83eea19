/* SPDX-License-Identifier: MIT */
/* EFI applications that are not ours: what another loader is, which an entry starts. */
#pragma once

#include "format/reader.h"

/*
 * Is it a PE file that UEFI firmware of x86 starts: an application or a driver for 64-bit or for
 * 32-bit firmware? Fails with APPLICATION_KIND.
 */
bool application_check(struct reader *file, struct error *error);
