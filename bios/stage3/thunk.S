/* SPDX-License-Identifier: MIT */
/*
 * The thunk: from 64-bit mode to real mode for a row of BIOS calls, and back.
 *
 * It goes down the way that the AMD64 manual (volume 2, 14.6 and 14.7) describes: compatibility mode
 * in a 16-bit segment, paging off (which ends long mode), protection off. Real mode is entered with
 * the segment limits, the interrupt table and the control registers that the BIOS knows. Nothing of
 * the descriptor tables survives a BIOS that has its own ideas of 32-bit mode, so all is loaded anew.
 */
#include "bios_call.inc"
#include "long_mode.inc"
#include "memory_layout.h"
#include "segments.h"

/* In real mode we are in the segment that stage 3 begins with: this section is its first one. */
#define OFFSET(label) ((label) - stage3_base)

	.section .thunk, "awx", @progbits
	.globl	stage3_base
stage3_base:
	jmp	stage3_start		/* where stage 2 enters stage 3 */

	.globl	gdt, gdt_tss
	.balign	16
gdt:	.quad	0
	.quad	0x00af9b000000ffff	/* SEGMENT_CODE: 64-bit */
	.quad	0x00cf93000000ffff	/* SEGMENT_DATA */
	.quad	0x00009b000000ffff + ((LAYOUT_STAGE3) << 16)	/* SEGMENT_CODE_16 */
	.quad	0x000093000000ffff	/* SEGMENT_DATA_16 */
gdt_tss:
	.quad	0, 0			/* SEGMENT_TSS: fault.c fills it in */
gdt_end:

	.balign	8
	.skip	6
gdt_pointer:
	.word	gdt_end - gdt - 1
	.quad	gdt
	.skip	6
real_idt_pointer:
	.word	0x3ff
	.quad	0
to_real:
	.long	OFFSET(compatibility_mode)
	.word	SEGMENT_CODE_16
saved_stack:
	.quad	0

	.code16
compatibility_mode:
	movw	$SEGMENT_DATA_16, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movw	%ax, %ss
	movl	%esi, %ebx		/* calls and count */
	movl	%ecx, %ebp
	movl	%cr0, %eax
	andl	$~CR0_PG, %eax
	movl	%eax, %cr0
	movl	$EFER, %ecx
	rdmsr
	andl	$~EFER_LME_NXE, %eax
	wrmsr
	xorl	%eax, %eax
	movl	%eax, %cr4
	movl	%cr0, %eax
	andl	$~CR0_PE, %eax
	movl	%eax, %cr0
	ljmpw	$LAYOUT_STAGE3 >> 4, $OFFSET(real_mode)

real_mode:
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movw	%ax, %ss
	movl	$LAYOUT_REAL_STACK_TOP, %esp
	lidtl	%cs:OFFSET(real_idt_pointer)
	movl	%ebx, %esi
	movl	%ebp, %ecx
	callw	run_bios_calls
	movl	%eax, %ebx

	lgdtl	%cs:OFFSET(gdt_pointer)
	ENTER_LONG_MODE
	ljmpl	$SEGMENT_CODE, $long_mode

BIOS_CALLS_ROUTINE run_bios_calls

/*
 * The API of a network ROM (PXE 2.1, 4.1) as if an interrupt did it: function bx, parameters es:di, exit
 * code in ax. The new entry point takes them from the stack and leaves them there, the old one from the
 * registers. Both may want interrupts.
 */
	.globl	pxe_gate, pxe_entry
pxe_gate:
	sti
	pushw	%es
	pushw	%di
	pushw	%bx
	lcallw	*%cs:OFFSET(pxe_entry)
	addw	$6, %sp
	iretw
pxe_entry:
	.long	0			/* far pointer, which pxe.c fills in */

/* Another boot sector, with interrupts on and an empty stack, as a BIOS enters it: chainload.c. */
	.globl	boot_sector_gate
boot_sector_gate:
	movw	$LAYOUT_REAL_STACK_TOP, %sp
	sti
	ljmpw	$0, $LAYOUT_STAGE1

	.code64
long_mode:
	xorl	%eax, %eax		/* null selectors, as stage 2 has left them */
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	%eax, %fs
	movl	%eax, %gs
	lidt	idt_pointer
	movb	$0x89, gdt_tss + 5	/* not busy, or ltr would fault */
	movw	$SEGMENT_TSS, %ax
	ltr	%ax
	movq	saved_stack, %rsp
	movl	%ebx, %eax
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret

/* uint32_t bios_calls(struct bios_call *calls, uint32_t count) */
	.globl	bios_calls
bios_calls:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12			/* the halves above 32 bits do not survive */
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, saved_stack
	movl	%esi, %ecx
	movl	%edi, %esi
	lgdt	gdt_pointer
	ljmpl	*to_real

/* void segments_load(void): takes the tables over from stage 2. */
	.globl	segments_load
segments_load:
	lgdt	gdt_pointer
	lidt	idt_pointer
	movw	$SEGMENT_TSS, %ax
	ltr	%ax
	ret
