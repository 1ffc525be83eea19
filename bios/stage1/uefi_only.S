/* SPDX-License-Identifier: MIT */
/*
 * The boot sector of an image without BIOS stages, on disks and on discs: says so, and lets the BIOS
 * try the next disk. Entered as stage 1 is.
 */
#include "memory_layout.h"

	.code16
	.section .text, "ax", @progbits
	.globl	_start
_start:
	jmp	start
	nop
	.org	90			/* a BIOS may keep the BPB of a USB stick in bytes 3 to 89 */

start:
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %ss
	movw	$LAYOUT_REAL_STACK_TOP, %sp
	sti
	cld
	movw	%ax, %dx
	movw	$0x00e3, %ax		/* COM1, 9600 8N1 */
	int	$0x14
	movw	$LAYOUT_STAGE1 + text - _start, %si
2:	lodsb
	testb	%al, %al
	jz	3f
	outb	%al, $0xe9
	pushw	%ax
	movb	$1, %ah
	cwtd
	int	$0x14
	popw	%ax
	movb	$0x0e, %ah
	movw	$7, %bx
	int	$0x10
	jmp	2b
3:	int	$0x18			/* the next disk (BIOS boot specification, 6.7) */
4:	hlt
	jmp	4b

text:	.asciz	"Bowline: stage 1: this image boots by UEFI only (mkimage --no-bios)\r\n  what to do: choose UEFI in the firmware's setup, or build it without --no-bios\r\n"

	.org	440			/* STAGE1_CODE_SIZE */
