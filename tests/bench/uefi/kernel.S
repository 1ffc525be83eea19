/* SPDX-License-Identifier: MIT */
/*
 * A kernel of CONTENT_MIB MiB that has marker B as its first instruction, and then ends QEMU by
 * isa-debug-exit at 0xf4 with 0x10.
 */
#ifndef CONTENT_MIB
#define CONTENT_MIB 64
#endif

	.text
	.globl	_start
_start:
	.byte	0x0f, 0x1f, 0x80, 'M', 'K', 'R', 'B'
	movb	$0x10, %al
	outb	%al, $0xf4
1:	jmp	1b

	.section .rodata, "a", @progbits
	.fill	CONTENT_MIB * 1024 * 1024 / 8, 8, 0x0123456789abcdef

	.section .note.GNU-stack, "", @progbits
