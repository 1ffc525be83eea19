/* SPDX-License-Identifier: MIT */
/*
 * An option ROM that makes a BIOS as sparing with discs as El Torito allows: int 13h AH=41h and
 * AH=48h, which tell of the extensions and of the size of sectors, are for hard disks alone. A disc
 * can still be read by AH=42h.
 */
#include "hook.inc"

#define FIRST_DISC 0xe0			/* the numbers that SeaBIOS gives them */

	.code16
	.section .text, "ax", @progbits
	.globl	rom
rom:
	HOOK_INTERRUPT 0x13

service:
	cmpb	$FIRST_DISC, %dl
	jb	1f
	cmpb	$0x41, %ah
	je	refuse
	cmpb	$0x48, %ah
	je	refuse
1:	ljmpw	*%cs:real_service

refuse:
	pushw	%bp
	movw	%sp, %bp
	orw	$1, 6(%bp)		/* carry in the caller's flags */
	popw	%bp
	movb	$1, %ah			/* no such function */
	iretw

	.org	512 * ROM_BLOCKS
