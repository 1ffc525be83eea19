/* SPDX-License-Identifier: MIT */
/*
 * An option ROM after which int 18h, by which a boot loader says that it cannot boot, comes back to
 * its caller, as that of some BIOSes does.
 */
#include "hook.inc"

	.code16
	.section .text, "ax", @progbits
	.globl	rom
rom:
	HOOK_INTERRUPT 0x18

service:
	iretw

	.org	512 * ROM_BLOCKS
