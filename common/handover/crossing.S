/* SPDX-License-Identifier: MIT */
/* Between page tables of four and of five levels: see crossing.h. Runs from a copy. */
#include "handover/crossing.h"

#define CR0_PG_BIT 31
#define CR4_LA57 0x1000

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
	movl	%cr0, %ecx
	movl	%ecx, %eax
	btrl	$CR0_PG_BIT, %eax
	movl	%eax, %cr0
	movl	%cr4, %eax
	xorl	$CR4_LA57, %eax
	movl	%eax, %cr4
	movl	CROSSING_ROOT(%ebx), %eax
	movl	%eax, %cr3
	movl	%ecx, %cr0		/* EFER.LME is still set: long mode again */
	ljmpl	*CROSSING_TO_64_BIT(%ebx)

	.code64
crossing_in_64_bit:
	movl	%ebx, %ebx		/* no upper half outlasts 32-bit code for sure */
	movq	CROSSING_RESIDENT(%rbx), %rsi
	jmp	*CROSSING_ENTER(%rbx)
crossing_code_end:

	.section .note.GNU-stack, "", @progbits
