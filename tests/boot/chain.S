/* SPDX-License-Identifier: MIT */
/*
 * A boot manager in a first sector that leaves nothing as a BIOS would: it loads another first
 * sector and enters it with whatever drive number its parameters say, with strange registers, the
 * direction flag set and interrupts off. chain-test.sh fills the parameters in.
 */
#define LOADED 0x7c00
#define RUNS 0x600

	.code16
	.section .text, "ax", @progbits
	.globl	_start
_start:
	cli
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	$LOADED, %sp
	cld
	movw	$LOADED, %si
	movw	$RUNS, %di
	movw	$256, %cx
	rep movsw
	ljmp	$0, $RUNS + (1f - _start)

1:	sti
	movb	RUNS + (from - _start), %dl
	movw	$RUNS + (packet - _start), %si
	movb	$0x42, %ah
	int	$0x13
2:	jc	2b			/* the test's time limit ends it */

	movb	RUNS + (claimed - _start), %dl
	movb	$0xa5, %dh
	pushl	RUNS + (entry - _start)
	popl	%ebx
	movl	$0x5a5a5a5a, %eax
	movl	%eax, %ecx
	movl	%eax, %esi
	movl	%eax, %edi
	movl	%eax, %ebp
	cli
	movw	$0x8000, %ax
	movw	%ax, %ss
	movw	$0xfff0, %sp
	pushl	%ebx
	movw	$0xbeef, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	std
	lretw

	.org	416
packet:	.word	16, 1, LOADED, 0
	.quad	0			/* 424: the other first sector's LBA */
entry:	.word	0, 0			/* 432: offset and segment of where it is entered */
from:	.byte	0			/* 436: the drive that it is on */
claimed: .byte	0			/* 437: the drive that it is told */
	.org	440
