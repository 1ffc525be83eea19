/* SPDX-License-Identifier: MIT */
/*
 * The floor under BIOS: the least that it takes to get bytes from a disk to memory above 1 MiB.
 *
 * A boot sector that reads MIB MiB from sector FIRST_SECTOR on, by int 13h AH=42h with
 * REQUEST_SECTORS at a time, into low memory, and where COPY is 1 copies them upward from 1 MiB on
 * with the fewest instructions that real mode knows ("unreal" mode, which no loader should depend
 * on). It checks nothing. Markers A and B stand before and after the work (count_instructions.c);
 * then it ends QEMU by isa-debug-exit at 0xf4: 0x10 for success, 0x11 for a failed read.
 */
#define FIRST_SECTOR 2048
#define BUFFER 0x10000

.macro MARKER id
	.byte	0x67, 0x0f, 0x1f, 0x80, 'M', 'K', 'R', \id
.endm

	.code16
	.section .text, "ax", @progbits
	.globl	_start
_start:
	ljmp	$0, $1f
1:	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	$0x7c00, %sp
	cld
	movb	%dl, drive
	inb	$0x92, %al
	orb	$2, %al
	outb	%al, $0x92
	movl	$0x100000, %ebp

	MARKER	'A'
next:
	movw	$REQUEST_SECTORS, count
	movw	$packet, %si
	movb	$0x42, %ah
	movb	drive, %dl
	int	$0x13
	movb	$0x11, %al
	jc	end
	addl	$REQUEST_SECTORS, lba
#if COPY
	/* A BIOS with a 32-bit mode of its own has reset the limits: set them again each time. */
	cli
	lgdt	gdt_pointer
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	movw	$8, %bx
	movw	%bx, %ds
	movw	%bx, %es
	andb	$0xfe, %al
	movl	%eax, %cr0
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	sti
	movl	$BUFFER, %esi
	movl	%ebp, %edi
	movl	$REQUEST_SECTORS * 128, %ecx
	addr32 rep movsl
#endif
	addl	$REQUEST_SECTORS * 512, %ebp
	cmpl	$0x100000 + MIB * 0x100000, %ebp
	jb	next
	MARKER	'B'

	movb	$0x10, %al
end:	outb	%al, $0xf4
	hlt
	jmp	end

drive:	.byte	0
	.balign	4
packet:	.byte	16, 0
count:	.word	0
	.word	0, BUFFER >> 4
lba:	.quad	FIRST_SECTOR
gdt:	.quad	0, 0x00cf93000000ffff
gdt_pointer:
	.word	15
	.long	gdt

	.org	510
	.word	0xaa55
