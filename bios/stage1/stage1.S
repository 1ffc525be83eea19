/* SPDX-License-Identifier: MIT */
/*
 * Stage 1: the code in the first sector of the disk; assembled with DISC defined, the code that a BIOS
 * boots from a disc (El Torito).
 *
 * The BIOS loads it to 0x7c00 and enters it in real mode with the drive number in dl. It reads
 * stage 2, whose place, length and checksum mkimage has put into its last bytes, and enters it with
 * the drive number in dl and in cl how to convert numbers of sectors (common/format/stage.h). 386
 * instructions; the stack and the data segments are its own, and it runs in whatever code segment the
 * BIOS has chosen (0000 or 07c0) until it leaves for stage 2.
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
#define COUNT	18(%bp)
#define PARAMETERS	20		/* result of int 13h AH=48h */
#define PARAMETERS_SIZE	26
#define TRIES	-1(%bp)

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
	movw	%ax, %ss
	movw	$LAYOUT_REAL_STACK_TOP, %sp
	movw	$LAYOUT_STAGE1 + PATCH_OFFSET, %bp
	cld
	movb	%dl, DRIVE

	movw	$0x4100 + '1', %ax
	outb	%al, $0xe9		/* to the debug console of QEMU and Bochs: we are alive */
#ifdef DISC
	/* A BIOS that boots discs reads them by AH=42h, but not every one has AH=41h or 48h for them. */
	movb	$DISC_SHIFT, %cl
#else
	movw	$0x55aa, %bx
	call	disk			/* AH=41h: are there extensions? (EDD 3.0, 4.1) */
	movw	$text_no_lba, %si
	jc	fail
	cmpb	$0xaa, %bh
	jne	fail
	shrb	$1, %cl			/* bit 0: extended disk access */
	jnc	fail

	/* Sectors of the patch have 512 bytes; the disk's may be larger (EDD 3.0, 4.8). */
	leaw	PARAMETERS(%bp), %si
	movw	$PARAMETERS_SIZE, (%si)
	movb	$0x48, %ah
	call	disk
	movw	$9, %cx			/* what holds for a BIOS that does not tell: a bsf of 0 */
	jc	1f			/* leaves cx alone */
	bsfw	PARAMETERS + 24(%bp), %cx
1:	subb	$9, %cl
#endif
	shrl	%cl, LBA
	movw	SECTORS, %ax
	negw	%ax			/* -(-n >> shift) rounds up */
	sarw	%cl, %ax
	negw	%ax
	movw	%ax, COUNT

read:	pushw	%es			/* disk address packet (EDD 3.0, 4.2): new each time, */
	pushw	%es			/* because a failed read changes it; es is 0 */
	pushl	LBA
	pushw	%es
	pushw	$LAYOUT_STAGE2
	pushw	COUNT
	pushw	$16
	movw	%sp, %si
	movb	$0x42, %ah
	call	disk
	jnc	check
	pushw	%ax
	movb	$0, %ah			/* reset, and try again */
	call	disk
	decb	TRIES
	jnz	read

	movw	$text_read_error, %si
	call	explain
	popw	%ax
	movb	%ah, %al
	aam	$16			/* high digit to ah, low digit to al */
	call	put_digit
	call	put_digit
	jmp	halt

fail:	call	explain
halt:	sti				/* so that Ctrl-Alt-Del works */
	hlt
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

/* int 13h with the drive that we come from. */
disk:	movb	DRIVE, %dl
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

	.org	PATCH_OFFSET - 1
	.byte	3			/* TRIES */
	.skip	16
