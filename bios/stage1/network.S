/* SPDX-License-Identifier: MIT */
/*
 * Stage 1 for the network: the beginning of bowline.0 (common/format/stage.h).
 *
 * A network ROM loads the file whole to 0x7c00 and enters it in real mode (PXE 2.1, 3.5): es:bx points to
 * the structure "PXENV+", ss:sp + 4 to a far pointer to "!PXE". Stage 2 is in its place then. This checks
 * it, takes stage 3 away from where the variables of stage 2 are, and keeps the two pointers: what they
 * point to is for stage 3 to judge, which can say what is wrong. 386 instructions.
 */
#include "crc32.inc"
#include "memory_layout.h"

/* struct stage1_patch of common/format/stage.h, the last of the 1024 bytes. */
#define PATCH_OFFSET	1008
#define CRC32		(LAYOUT_STAGE1 + PATCH_OFFSET + 8)
#define SECTORS		(LAYOUT_STAGE1 + PATCH_OFFSET + 12)

#define PACKED_SIZE	(LAYOUT_STAGE2 + 16)	/* in struct stage2_header */
#define FROM_NETWORK	0x80			/* STAGE2_FROM_NETWORK */
#define PIECE_SHIFT	12			/* stage 3 is moved in pieces of 4 KiB */

	.code16
	.section .text, "ax", @progbits
	.globl	_start
_start:
	ljmpw	$0, $start		/* it may have been entered as 07c0:0000 */

start:
	movw	%sp, %bp
	movl	4(%bp), %eax		/* by ss */
	pushw	%es
	pushw	%bx
	popl	%ebx
	xorw	%cx, %cx
	movw	%cx, %ds
	movw	%cx, %es
	movw	%cx, %ss
	movw	$LAYOUT_REAL_STACK_TOP, %sp
	cld
	movl	%eax, LAYOUT_PXE_NEW
	movl	%ebx, LAYOUT_PXE_OLD
	movb	$'1', %al
	outb	%al, $0xe9		/* to the debug console of QEMU and Bochs: we are alive */

	CRC32_MAKE_TABLE
	decl	%edx
	movw	$LAYOUT_STAGE2, %si
	movw	SECTORS, %cx
	shlw	$9, %cx
	CRC32_UPDATE
	addl	CRC32, %edx		/* that and its complement give -1 */
	incl	%edx
	jnz	damaged

	/* Where the BIOS leaves too little memory there is no room to move to, as stage 2 is going to say. */
	int	$0x12
	cmpw	$LAYOUT_PACKED_STAGE3_END / 1024, %ax
	jb	leave
	movl	PACKED_SIZE, %ebp
	addl	$(1 << PIECE_SHIFT) - 1, %ebp
	shrl	$PIECE_SHIFT, %ebp
	movw	SECTORS, %ax
	shlw	$5, %ax			/* of 512 bytes, in paragraphs */
	addw	$LAYOUT_STAGE2 >> 4, %ax
	movw	$LAYOUT_PACKED_STAGE3 >> 4, %bx
1:	movw	%ax, %ds
	movw	%bx, %es
	xorw	%si, %si
	xorw	%di, %di
	movw	$1 << (PIECE_SHIFT - 2), %cx
	rep movsl
	addw	$1 << (PIECE_SHIFT - 4), %ax
	addw	$1 << (PIECE_SHIFT - 4), %bx
	decl	%ebp
	jnz	1b

leave:	movb	$FROM_NETWORK, %cl
	ljmpw	$0, $LAYOUT_STAGE2	/* which sets the segments itself */

damaged:
	movw	$0x00e3, %ax		/* COM1, 9600 8N1: the most that int 14h knows */
	cwtd
	int	$0x14
	movw	$text_damaged, %si
2:	lodsb
	outb	%al, $0xe9
	movb	$1, %ah
	cwtd
	pushw	%ax
	int	$0x14			/* waits, but not for ever */
	popw	%ax
	movb	$0x0e, %ah
	movw	$7, %bx
	int	$0x10
	cmpb	$0, (%si)
	jne	2b
	sti
halt:	hlt				/* interrupts are on, so that Ctrl-Alt-Del works */
	jmp	halt

text_damaged:
	.asciz	"Bowline: stage 2: damaged\r\n  what to do: copy bowline.0 to the TFTP server again\r\n"

	.org	PATCH_OFFSET
	.skip	16
