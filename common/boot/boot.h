/* SPDX-License-Identifier: MIT */
/* The whole story: from the loader's first C instruction to the kernel's first. */
#pragma once

#include <stdint.h>

/*
 * Called once by bios/ and uefi/ when the firmware functions work; `entered` is the processor's
 * time stamp counter when the firmware had just started the loader. A boot that fails shows why,
 * waits for a key and gives the machine back to the firmware.
 */
_Noreturn void boot(uint64_t entered);
