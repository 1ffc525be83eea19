/* SPDX-License-Identifier: MIT */
/*
 * An option ROM that makes a BIOS as sparing with discs as El Torito allows: int 13h AH=41h and
 * AH=48h, which tell of the extensions and of the size of sectors, are for hard disks alone. A disc
 * can still be read by AH=42h.
 */
#define FIRST_DISC 0xe0			/* the numbers that SeaBIOS gives them */

	.code16
	.section .text, "ax", @progbits
	.globl	rom
rom:
	.byte	0x55, 0xaa, ROM_BLOCKS
	/* Called once, before the BIOS makes the ROM read-only. */
	pushal
	pushw	%ds
	cld
	movw	$name, %si
1:	lodsb	%cs:(%si), %al		/* to the serial port: the ROM is there */
	movw	$0x3f8, %dx
	outb	%al, %dx
	cmpb	$'\n', %al
	jne	1b
	xorw	%ax, %ax
	movw	%ax, %ds
	movl	0x13 * 4, %eax
	movl	%eax, %cs:real_service
	movw	$service, 0x13 * 4
	movw	%cs, 0x13 * 4 + 2
	popw	%ds
	popal
	lretw

name:	.ascii	"odd-bios\r\n"
real_service:
	.long	0

service:
	cmpb	$FIRST_DISC, %dl
	jb	1f
	cmpb	$0x41, %ah
	je	refuse
	cmpb	$0x48, %ah
	je	refuse
1:	ljmpw	*%cs:real_service

refuse:
	pushw	%bp
	movw	%sp, %bp
	orw	$1, 6(%bp)		/* carry in the caller's flags */
	popw	%bp
	movb	$1, %ah			/* no such function */
	iretw

	.org	512 * ROM_BLOCKS
