/* SPDX-License-Identifier: MIT */
/* void enter_five_levels(uint64_t root): see five_levels.h. */

#define CODE_64 0x08
#define CODE_32 0x10
#define DATA    0x18

#define CR0_PG   0x80000000
#define CR4_LA57 0x1000

	.section .rodata.gdt, "a", @progbits
	.balign	8
gdt:	.quad	0
	.quad	0x00af9b000000ffff
	.quad	0x00cf9b000000ffff
	.quad	0x00cf93000000ffff
gdt_end:

	.section .text.enter_five_levels, "ax", @progbits
	.globl	enter_five_levels
enter_five_levels:
	pushq	%rbp
	pushq	%rbx
	pushfq
	cli
	/* Registers do not survive in full: what is needed again lies on the stack. */
	movl	%ss, %eax
	pushq	%rax
	movl	%cs, %eax
	pushq	%rax
	subq	$16, %rsp
	sgdt	6(%rsp)

	leaq	gdt(%rip), %rax
	pushq	%rax
	pushq	$0
	movw	$gdt_end - gdt - 1, 6(%rsp)
	lgdt	6(%rsp)
	addq	$16, %rsp
	movl	$DATA, %eax
	movl	%eax, %ss
	leaq	five_levels(%rip), %rbx
	leaq	no_paging(%rip), %rax
	pushq	$CODE_32
	pushq	%rax
	lretq

	.code32
no_paging:
	movl	%cr0, %eax
	andl	$~CR0_PG, %eax
	movl	%eax, %cr0
	movl	%cr4, %eax
	orl	$CR4_LA57, %eax
	movl	%eax, %cr4
	movl	%edi, %cr3
	movl	%cr0, %eax
	orl	$CR0_PG, %eax
	movl	%eax, %cr0
	pushl	$CODE_64
	pushl	%ebx
	lretl

	.code64
five_levels:
	lgdt	6(%rsp)
	addq	$16, %rsp
	popq	%rdx			/* the firmware's cs and ss */
	popq	%rax
	movl	%eax, %ss
	leaq	firmware_segments(%rip), %rax
	pushq	%rdx
	pushq	%rax
	lretq
firmware_segments:
	popfq
	popq	%rbx
	popq	%rbp
	ret

	.section .note.GNU-stack, "", @progbits
