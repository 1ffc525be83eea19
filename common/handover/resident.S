/* SPDX-License-Identifier: MIT */
/* The resident part's entry: see resident.h. */
#include "handover/resident.h"

/*
 * resident_enter: makes the state that docs/boot-protocol.md promises and starts the kernel.
 *
 * Reached by a jump from handover_switch(), on the intermediate page tables, interrupts off and no
 * stack. rsi is struct resident. Does not return.
 */
	.section .text.resident_enter, "ax"
	.globl	resident_enter
resident_enter:
	leaq	resident_stacks + RESIDENT_STACK_SIZE(%rip), %rsp

	lgdt	RESIDENT_GDT_POINTER + 6(%rsi)
	pushq	$SELECTOR_CODE
	leaq	1f(%rip), %rax
	pushq	%rax
	lretq
1:	movl	$SELECTOR_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	lldt	%ax
	lidt	RESIDENT_IDT_POINTER + 6(%rsi)
	movl	$SELECTOR_TSS, %eax
	ltr	%ax

	/* Loading a null selector leaves the base alone on AMD: clear FS, GS and KernelGS. */
	xorl	%eax, %eax
	xorl	%edx, %edx
	movl	$0xc0000100, %ecx
	wrmsr
	incl	%ecx
	wrmsr
	incl	%ecx
	wrmsr
	movl	$0xc0000080, %ecx	/* EFER: LME LMA NXE */
	movl	$0xd00, %eax
	wrmsr
	movl	$0x80010033, %eax	/* PG WP NE ET MP PE */
	movq	%rax, %cr0
	xorl	%eax, %eax
	movq	%rax, %cr8
	movq	%rax, %dr6
	movl	$0x400, %eax		/* reset value: no breakpoints */
	movq	%rax, %dr7
	fninit
	movl	$0x1f80, -8(%rsp)
	ldmxcsr	-8(%rsp)

	/* A changed PAT needs empty caches and TLBs (AMD64 manual, volume 2, 7.8.3). The intermediate
	   tables use entry 0 only, which stays the same; the new cr3 empties the TLBs. */
	wbinvd
	movl	$0x277, %ecx
	movl	$0x00070406, %eax
	movl	$0x00000105, %edx
	wrmsr
	wbinvd

	movq	RESIDENT_ROOT(%rsi), %rax
	movq	%rax, %cr3

	/* iretq sets everything that is left at once, and needs no register. */
	pushq	$SELECTOR_DATA
	pushq	RESIDENT_STACK(%rsi)
	pushq	$2
	pushq	$SELECTOR_CODE
	pushq	RESIDENT_ENTRY(%rsi)
	movq	RESIDENT_INFO(%rsi), %rdi
	xorl	%eax, %eax
	xorl	%ebx, %ebx
	xorl	%ecx, %ecx
	xorl	%edx, %edx
	xorl	%ebp, %ebp
	xorl	%esi, %esi
	xorl	%r8d, %r8d
	xorl	%r9d, %r9d
	xorl	%r10d, %r10d
	xorl	%r11d, %r11d
	xorl	%r12d, %r12d
	xorl	%r13d, %r13d
	xorl	%r14d, %r14d
	xorl	%r15d, %r15d
	iretq

/*
 * One stub for each vector: a call, whose return address tells the vector. fault_entry completes
 * struct fault_frame (fault.c) on the stack and shows it.
 */
	.section .text.resident_vectors, "ax"
	.globl	resident_vectors
resident_vectors:
	.rept	RESIDENT_VECTORS
	.byte	0xe8
	.long	fault_entry - . - 4
	.endr

fault_entry:
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%r11
	pushq	%r10
	pushq	%r9
	pushq	%r8
	pushq	%rdi
	pushq	%rsi
	pushq	%rbp
	pushq	%rdx
	pushq	%rcx
	pushq	%rbx
	pushq	%rax
	movq	%cr4, %rax
	pushq	%rax
	movq	%cr3, %rax
	pushq	%rax
	movq	%cr2, %rax
	pushq	%rax
	movq	%cr0, %rax
	pushq	%rax
	cld
	movq	%rsp, %rdi
	leaq	resident_data(%rip), %rsi
	andq	$-16, %rsp
	call	fault_show
	ud2				/* fault_show() does not return */

	.section .bss.resident_stacks, "aw", @nobits
	.balign	16
	.globl	resident_stacks
resident_stacks:
	.skip	RESIDENT_STACKS * RESIDENT_STACK_SIZE
