/* SPDX-License-Identifier: MIT */
/* Stage 2: its first and its last instructions, and what cannot be said in C. */
#include "bios_call.inc"
#include "crc32.inc"
#include "long_mode.inc"
#include "memory_layout.h"

/*
 * The segments of the GDT below, all with base 0 and accessed; those of 32 bits have 4 GiB, those of
 * 16 bits 64 KiB.
 */
#define CODE_64 0x08
#define CODE_32 0x10
#define DATA_32 0x18
#define CODE_16 0x20
#define DATA_16 0x28

	.code16

/* struct stage2_header of common/format/stage.h; mkimage fills it in. Entered by stage 1. */
	.section .header, "ax", @progbits
	.globl	stage2_start
stage2_start:
	jmp	start
	.org	4
	.ascii	"BWL2"
	.skip	24 + 80			/* where stage 3 is, and how large; the seal */

	.section .text.start, "ax", @progbits
start:	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movl	$LAYOUT_REAL_STACK_TOP, %esp
	sti
	cld
	movzbl	%cl, %ebx

	movl	$stage2_variables, %edi
	movl	$stage2_variables_end, %ecx
	subl	%edi, %ecx
	rep stosb

	pushl	$stage2_start
	pushl	%ebx
	movzbl	%dl, %edx
	pushl	%edx
	calll	stage2			/* eax: the report */
	movl	%eax, %ebp
	cli

/*
 * The first 4 GiB of memory where they are, in pages of 2 MiB; in the first of them, with pages of
 * 4 KiB, the one below the stack is missing. AMD64 manual, volume 2, 5.3.
 */
#define PRESENT_WRITABLE 0x003
#define LARGE 0x080
#define TABLE(n) ((n) << 12)
	movw	$LAYOUT_PAGE_TABLES >> 4, %bx
	movw	%bx, %es
	xorw	%di, %di
	xorl	%eax, %eax
	movw	$LAYOUT_PAGE_TABLE_PAGES << 10, %cx
	rep stosl
	movl	$LAYOUT_PAGE_TABLES + TABLE(1) + PRESENT_WRITABLE, %es:TABLE(0)

	movw	$TABLE(1), %di		/* PDPT: four page directories */
	movl	$LAYOUT_PAGE_TABLES + TABLE(2) + PRESENT_WRITABLE, %eax
1:	movl	%eax, %es:(%di)
	addl	$TABLE(1), %eax
	addw	$8, %di
	cmpw	$TABLE(1) + 4 * 8, %di
	jne	1b

	movw	$TABLE(2), %di		/* the page directories lie one after the other */
	movl	$PRESENT_WRITABLE + LARGE, %eax
2:	movl	%eax, %es:(%di)
	addl	$0x200000, %eax
	addw	$8, %di
	cmpw	$TABLE(6), %di
	jne	2b
	movl	$LAYOUT_PAGE_TABLES + TABLE(6) + PRESENT_WRITABLE, %es:TABLE(2)

	movl	$PRESENT_WRITABLE, %eax
3:	movl	%eax, %es:(%di)
	addl	$0x1000, %eax
	addw	$8, %di
	cmpw	$TABLE(7), %di
	jne	3b
	movl	$0, %es:TABLE(6) + (LAYOUT_STACK_GUARD >> 12) * 8

	lidtl	no_idt			/* a fault from here on is a reset; stage 3 makes an IDT first */
	lgdtl	gdt_pointer
	ENTER_LONG_MODE
	ljmpl	$CODE_64, $in_long_mode

	.code64
in_long_mode:
	movl	%ebp, %edi		/* the argument of stage 3 */
	movl	$LAYOUT_STAGE3, %eax
	jmp	*%rax

	.code16
	.section .rodata.gdt, "a", @progbits
	.balign	8
gdt:	.quad	0
	.quad	0x00af9b000000ffff	/* CODE_64 */
	.quad	0x00cf9b000000ffff	/* CODE_32 */
	.quad	0x00cf93000000ffff	/* DATA_32 */
	.quad	0x00009b000000ffff	/* CODE_16 */
	.quad	0x000093000000ffff	/* DATA_16 */
gdt_pointer:
	.word	. - gdt - 1
	.long	gdt
no_idt:	.word	0
	.long	0

/* uint32_t bios_calls(struct bios_call *calls, uint32_t count) */
	.section .text.bios_calls, "ax", @progbits
	.globl	bios_calls
bios_calls:
	pushl	%ebp
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	movl	20(%esp), %esi
	movl	24(%esp), %ecx
	cli
	callw	run_bios_calls
	xorw	%cx, %cx
	movw	%cx, %ds
	movw	%cx, %es
	sti
	popl	%edi
	popl	%esi
	popl	%ebx
	popl	%ebp
	retl
BIOS_CALLS_ROUTINE run_bios_calls

/* uint32_t crc32_update(uint32_t inverted, uint16_t segment, uint16_t length) */
	.section .text.crc32_update, "ax", @progbits
	.globl	crc32_update
crc32_update:
	pushl	%esi
	pushl	%edi
	movl	12(%esp), %edx
	movw	20(%esp), %cx
	movw	16(%esp), %ds
	xorw	%si, %si
	CRC32_UPDATE %ss:
	movl	%edx, %eax
	movw	%ss, %dx
	movw	%dx, %ds
	popl	%edi
	popl	%esi
	retl

/*
 * bool unpack_anywhere(uint32_t block, uint32_t block_size, uint32_t to, uint32_t size)
 *
 * To protected mode and back (AMD64 manual, volume 2, 14.5; Intel's, volume 3, "Switching Back to
 * Real-Address Mode"). Not with the 16-bit code of stage 2: in it compilers use string instructions
 * that reach 64 KiB. And not in long mode: from here stage 2 can still say what is wrong.
 */
	.section .text.unpack_anywhere, "ax", @progbits
	.globl	unpack_anywhere
unpack_anywhere:
	cli
	lgdtl	gdt_pointer
	movl	%cr0, %eax
	orb	$CR0_PE, %al
	movl	%eax, %cr0
	ljmpw	$CODE_32, $in_protected_mode

	.code32
in_protected_mode:
	movw	$DATA_32, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	.rept	4
	pushl	16(%esp)		/* the last argument, the one before, ... */
	.endr
	call	unpack
	addl	$16, %esp
	movw	$DATA_16, %cx
	movw	%cx, %ds
	movw	%cx, %es
	movw	%cx, %ss
	ljmpl	$CODE_16, $leave_protected_mode

	.code16
leave_protected_mode:
	movl	%cr0, %ecx
	andb	$~CR0_PE, %cl
	movl	%ecx, %cr0
	ljmpw	$0, $in_real_mode
in_real_mode:
	xorw	%cx, %cx
	movw	%cx, %ds
	movw	%cx, %es
	movw	%cx, %ss
	sti
	retl

/* bool a20_is_on(void): 0000:TEST and ffff:TEST+10 are 1 MiB apart. */
#define TEST LAYOUT_A20_TEST
	.section .text.a20_is_on, "ax", @progbits
	.globl	a20_is_on
a20_is_on:
	movw	$0xffff, %ax
	movw	%ax, %fs
	cli				/* no interrupt may find the byte above changed */
	movb	TEST, %cl
	movb	%fs:TEST + 0x10, %ch
	movb	$0x55, TEST
	movb	$0xaa, %fs:TEST + 0x10
	cmpb	$0x55, TEST
	movb	%ch, %fs:TEST + 0x10
	movb	%cl, TEST
	sti
	sete	%al
	movzbl	%al, %eax
	retl
