/* SPDX-License-Identifier: MIT */
/* To page tables that can only be reached from outside 64-bit mode: see crossing.h. Runs from a copy. */
#include "handover/crossing.h"

#define CR0_PG_BIT 31
#define EFER 0xc0000080
#define EFER_LME_NXE 0x900

	.section .rodata.crossing, "a", @progbits
	.globl	crossing_code, crossing_in_32_bit, crossing_in_64_bit, crossing_code_end
	.hidden	crossing_code, crossing_in_32_bit, crossing_in_64_bit, crossing_code_end
	.code64
crossing_code:
	leaq	crossing_code - CROSSING_CODE(%rip), %rbx	/* struct crossing */
	lgdt	CROSSING_GDT_POINTER + 6(%rbx)
	ljmpl	*CROSSING_TO_32_BIT(%rbx)

	.code32
crossing_in_32_bit:
	movl	$CROSSING_SELECTOR_DATA, %eax
	movl	%eax, %ds
	movl	%cr0, %eax
	btrl	$CR0_PG_BIT, %eax
	movl	%eax, %cr0
	movl	CROSSING_CR4(%ebx), %eax
	movl	%eax, %cr4
	movl	CROSSING_ROOT(%ebx), %eax
	movl	%eax, %cr3
	movl	$EFER, %ecx
	rdmsr
	orl	$EFER_LME_NXE, %eax
	wrmsr
	movl	%cr0, %eax
	btsl	$CR0_PG_BIT, %eax
	movl	%eax, %cr0		/* long mode */
	ljmpl	*CROSSING_TO_64_BIT(%ebx)

	.code64
crossing_in_64_bit:
	movl	%ebx, %ebx		/* no upper half outlasts 32-bit code for sure */
	movq	CROSSING_RESIDENT(%rbx), %rsi
	jmp	*CROSSING_ENTER(%rbx)
crossing_code_end:

	.section .note.GNU-stack, "", @progbits
