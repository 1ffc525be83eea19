/* SPDX-License-Identifier: MIT */
/* Stage 3: its first instructions, and what its interrupt table points to. */
#include "memory_layout.h"

	.section .text.start, "ax", @progbits
	.globl	stage3_start
stage3_start:				/* edi: struct stage2_report of stage 2 */
	xorl	%eax, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	%eax, %fs
	movl	%eax, %gs
	movl	$LAYOUT_STACK_TOP, %esp
	movl	%edi, %ebx
	movl	$stage3_variables, %edi
	movl	$stage3_variables_end, %ecx
	subl	%edi, %ecx
	rep stosb
	movl	%ebx, %edi
	call	stage3			/* does not return; keeps the stack aligned as the ABI has it */
	ud2

/* One stub per exception, each FAULT_STUB_SIZE bytes: error code (or 0) and vector on the stack. */
	.globl	fault_stubs
	.balign	16
fault_stubs:
	.set	vector, 0
	.rept	32
	.if	!(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21)
	pushq	$0
	.endif
	pushq	$vector
	jmp	fault_entry
	.balign	16
	.set	vector, vector + 1
	.endr

fault_entry:
	movq	%rsp, %rdi		/* struct fault_frame: fault.c */
	cld
	call	fault_show
