/* SPDX-License-Identifier: MIT */
/* handover_switch(rdi: root, rsi: resident, rdx: enter): see switch.h. */

	.section .text.handover_switch, "ax"
	.balign	64
	.globl	handover_switch
	.globl	handover_switch_start
	.globl	handover_switch_end
handover_switch:
handover_switch_start:
	cli
	movq	%rdx, %r8
	/* The new tables have NX bits, which are reserved until EFER.NXE is set. */
	movl	$0xc0000080, %ecx
	rdmsr
	orl	$0x800, %eax
	wrmsr
	/* PAE, OSFXSR, OSXMMEXCPT, and LA57 as it is: it cannot change here. Without PGE no global
	   page of the firmware stays in the TLBs. */
	movq	%cr4, %rax
	andl	$0x1000, %eax
	orl	$0x620, %eax
	movq	%rax, %cr4
	movq	%rdi, %cr3
	jmp	*%r8
handover_switch_end:

	.section .note.GNU-stack, "", @progbits
