/* SPDX-License-Identifier: MIT */
/* The whole story: from the loader's first C instruction to the kernel's first. */
#pragma once

/*
 * Called once by bios/ and uefi/ when the firmware functions work. A boot that fails shows why,
 * waits for a key and gives the machine back to the firmware.
 */
_Noreturn void boot(void);
