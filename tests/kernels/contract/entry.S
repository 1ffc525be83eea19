/* SPDX-License-Identifier: MIT */
#include "entry.h"

	.section .text.start, "ax"
	.globl	start
	.type	start, @function
start:
	movq	%rax, entry_state + ENTRY_RAX(%rip)
	movq	%rbx, entry_state + ENTRY_RAX + 8(%rip)
	movq	%rcx, entry_state + ENTRY_RAX + 16(%rip)
	movq	%rdx, entry_state + ENTRY_RAX + 24(%rip)
	movq	%rsi, entry_state + ENTRY_RAX + 32(%rip)
	movq	%rdi, entry_state + ENTRY_RAX + 40(%rip)
	movq	%rbp, entry_state + ENTRY_RAX + 48(%rip)
	movq	%rsp, entry_state + ENTRY_RAX + 56(%rip)
	movq	%r8, entry_state + ENTRY_RAX + 64(%rip)
	movq	%r9, entry_state + ENTRY_RAX + 72(%rip)
	movq	%r10, entry_state + ENTRY_RAX + 80(%rip)
	movq	%r11, entry_state + ENTRY_RAX + 88(%rip)
	movq	%r12, entry_state + ENTRY_RAX + 96(%rip)
	movq	%r13, entry_state + ENTRY_RAX + 104(%rip)
	movq	%r14, entry_state + ENTRY_RAX + 112(%rip)
	movq	%r15, entry_state + ENTRY_RAX + 120(%rip)
	movq	(%rsp), %rax
	movq	%rax, entry_state + ENTRY_RETURN_ADDRESS(%rip)
	pushfq
	popq	entry_state + ENTRY_RFLAGS(%rip)
	movq	%cr0, %rax
	movq	%rax, entry_state + ENTRY_CR0(%rip)
	movq	%cr2, %rax
	movq	%rax, entry_state + ENTRY_CR0 + 8(%rip)
	movq	%cr3, %rax
	movq	%rax, entry_state + ENTRY_CR0 + 16(%rip)
	movq	%cr4, %rax
	movq	%rax, entry_state + ENTRY_CR0 + 24(%rip)
	movq	%cr8, %rax
	movq	%rax, entry_state + ENTRY_CR0 + 32(%rip)
	movq	%dr7, %rax
	movq	%rax, entry_state + ENTRY_CR0 + 40(%rip)
	movw	%cs, entry_state + ENTRY_SELECTORS(%rip)
	movw	%ss, entry_state + ENTRY_SELECTORS + 8(%rip)
	movw	%ds, entry_state + ENTRY_SELECTORS + 16(%rip)
	movw	%es, entry_state + ENTRY_SELECTORS + 24(%rip)
	movw	%fs, entry_state + ENTRY_SELECTORS + 32(%rip)
	movw	%gs, entry_state + ENTRY_SELECTORS + 40(%rip)
	str	entry_state + ENTRY_SELECTORS + 48(%rip)
	sldt	entry_state + ENTRY_SELECTORS + 56(%rip)
	sgdt	entry_state + ENTRY_GDT(%rip)
	sidt	entry_state + ENTRY_IDT(%rip)
	stmxcsr	entry_state + ENTRY_MXCSR(%rip)
	fnstcw	entry_state + ENTRY_FCW(%rip)
	xorl	%eax, %eax
	jmp	kernel_main
	.size	start, . - start

	/* In .data: .bss has to be all 0 when it is looked at. */
	.data
	.balign	8
	.globl	entry_state
	.hidden	entry_state
entry_state:
	.skip	296

	.section .note.GNU-stack, "", @progbits
