/* SPDX-License-Identifier: MIT */
/*
 * Stage 1: the code in the first sector of the disk; assembled with DISC defined, the code that a BIOS
 * boots from a disc (El Torito).
 *
 * The BIOS, or another boot manager, loads it to 0x7c00 and enters it in real mode with the drive
 * number in dl, or a wrong one. It reads stage 2, whose place, length and checksum mkimage has put
 * into its last bytes, and enters it with the drive number in dl and in cl how to convert numbers of
 * sectors (common/format/stage.h). 386 instructions; the stack and the data segments are its own, and
 * it runs in whatever code segment it was entered in (0000 or 07c0) until it leaves for stage 2.
 */
#include "crc32.inc"
#include "memory_layout.h"

/* struct stage1_patch of common/format/stage.h. Everything is addressed by bp: that is shorter. */
#define PATCH_OFFSET 424
#define LBA	0(%bp)
#define CRC32	8(%bp)
#define SECTORS	12(%bp)
/* In memory our variables follow it: they need not be in the sector. */
#define DRIVE	16(%bp)

#define TRIES 3
#ifdef DISC
#define TRY_SIZE 18			/* what a failed one leaves on the stack: its packet, and ax */
#else
#define TRY_SIZE 20			/* that, and the size of the parameters */
#endif
#define PARAMETERS_SIZE	26		/* result of int 13h AH=48h */
#define DRIVE_FIRST 0x80		/* where hard disks begin */
#define DRIVE_LAST 0x8f
#define JUMP 0xeb			/* machine code of jmp, with a byte for how far */
#define DISC_SHIFT 2			/* sectors of 2048 bytes, in bits more than those of 512 */

	.code16
	.section .text, "ax", @progbits
	.globl	_start
_start:
	jmp	start
	nop
	.org	90			/* a BIOS may keep the BPB of a USB stick in bytes 3 to 89 */

start:
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	$LAYOUT_STAGE1 + PATCH_OFFSET, %bp
	cld
	movw	%ax, %ss
try:	movw	$LAYOUT_REAL_STACK_TOP, %sp
	movb	%dl, DRIVE

	movw	$0x4100 + '1', %ax
	outb	%al, $0xe9		/* to the debug console of QEMU and Bochs: we are alive */
#ifndef DISC
	movw	$0x55aa, %bx
	call	disk			/* AH=41h: are there extensions? (EDD 3.0, 4.1) */
	movw	$text_no_lba, %si
	jc	fail
	testb	%bh, %bh		/* 0x55 has become 0xaa: by the sign, or try is too far away from next */
	jns	fail
#endif

read:
#ifdef DISC
	/* A BIOS that boots discs reads them by AH=42h, but not every one has AH=41h or 48h for them. */
	movb	$DISC_SHIFT, %cl
#else
	/* Sectors of the patch have 512 bytes; the disk's may be larger (EDD 3.0, 4.8). */
	pushw	$PARAMETERS_SIZE	/* its result covers the stack's top, and code that has run */
	movw	%sp, %si
	movb	$0x48, %ah
	call	disk
	movb	$9, %cl			/* what holds for a BIOS that does not tell: a bsf of 0 */
	jc	1f			/* leaves cx alone */
	bsfw	24(%si), %cx
1:	subb	$9, %cl
#endif
	movl	LBA, %eax
	shrl	%cl, %eax
	pushw	%es			/* disk address packet (EDD 3.0, 4.2): new each time, */
	pushw	%es			/* because a failed read changes it; es is 0 */
	pushl	%eax
	pushw	%es
	pushw	$LAYOUT_STAGE2
	movw	SECTORS, %ax		/* STAGE_ALIGNMENT: whole sectors of every size */
	shrw	%cl, %ax
	pushw	%ax
	pushw	$16
	movw	%sp, %si
	movb	$0x42, %ah
	call	disk
	jnc	check
	pushw	%ax
	movb	$0, %ah			/* reset, and try again */
	call	disk
	cmpw	$LAYOUT_REAL_STACK_TOP - TRIES * TRY_SIZE, %sp
	ja	read

	movw	$text_read_error, %si
	call	explain
	popw	%ax
	movb	%ah, %al
	aam	$16			/* high digit to ah, low digit to al */
	call	put_digit
	call	put_digit
	jmp	halt			/* it may be ours, and a copy of it on another disk out of date */

fail:	call	explain
/*
 * Not every BIOS, and not every boot manager, says in dl where we come from: then it is one of the
 * hard disks. Stage 2 has its image's mark (common/format/stage.h) under its checksum, so that no
 * other is taken for ours. Only the first failure is told: explain becomes a jump to here, and what its
 * calls leave on the stack goes where try begins.
 */
next:
#ifndef DISC
	/* movw, to explain: assemblers give it a longer displacement */
	.byte	0xc7, 0x46, explain - _start - PATCH_OFFSET, JUMP, next - explain - 2
	movb	$DRIVE_FIRST, %dl
1:	incb	1b - 1 - _start - PATCH_OFFSET(%bp)
	cmpb	$DRIVE_LAST + 1, %dl
	jne	try
#endif
halt:	hlt				/* interrupts are on, so that Ctrl-Alt-Del works */
	jmp	halt

check:	CRC32_MAKE_TABLE
	decl	%edx
	movw	$LAYOUT_STAGE2, %si
	movb	SECTORS, %ch		/* times 512 */
	shlb	$1, %ch
	CRC32_UPDATE
	addl	CRC32, %edx		/* that and its complement give -1 */
	incl	%edx
	movw	$text_damaged, %si
	jnz	fail
	movb	DRIVE, %dl
#ifdef DISC
	movb	$DISC_SHIFT, %cl
#endif					/* cx is 0 after the checksum */
	ljmp	$0, $LAYOUT_STAGE2

/* int 13h with the drive that we come from. Another boot manager may have interrupts off. */
disk:	sti
	movb	DRIVE, %dl
	int	$0x13
	ret

/* Prints what the error is about, and the text at si. */
explain:
	pushw	%si
	movw	$0x00e3, %ax		/* COM1, 9600 8N1: the most that int 14h knows */
	cwtd
	int	$0x14
	movw	$text_stage2, %si
	call	1f
	popw	%si
1:	lodsb
	call	put
	cmpb	$0, (%si)
	jne	1b
	ret

/* Prints ah, 0 to 15, and exchanges it with al. */
put_digit:
	xchgb	%ah, %al
	cmpb	$10, %al
	sbbb	$0x69, %al
	das
put:	outb	%al, $0xe9
	pushaw
	movb	$1, %ah
	cwtd
	int	$0x14			/* waits, but not for ever */
	movb	$0x0e, %ah
	movw	$7, %bx
	int	$0x10
	popaw
	ret

text_stage2:
	.asciz	"Bowline: stage 2: "
#ifndef DISC
text_no_lba:
	.asciz	"no LBA: floppy?"
#endif
text_read_error:
	.asciz	"read error "
text_damaged:
	.asciz	"damaged"

	.org	PATCH_OFFSET
	.skip	16
