/* SPDX-License-Identifier: MIT */
/* The application with marker A in front of its first instruction (../count_instructions.c). */
	.section .text, "ax", @progbits
	.globl	measured_main
measured_main:
	.byte	0x0f, 0x1f, 0x80, 'M', 'K', 'R', 'A'
	jmp	efi_main

	.section .note.GNU-stack, "", @progbits
