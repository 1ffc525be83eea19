/* SPDX-License-Identifier: MIT */
/*
 * An option ROM that makes the BIOS's memory map odd. It hooks int 15h and answers E820: first with
 * a table of its own, then with what the BIOS really reports. Entry number n of the odd map is
 * computed from n alone, which is also the continuation value: there is no memory to keep it in.
 *
 * What the ROM does is chosen by symbols that are defined when it is assembled:
 *
 *   ODD_TYPES        ranges of types 7, 12 and 0xb0200000 inside usable memory
 *   ODD_ZERO         ranges without a byte
 *   ODD_OVERLAPS     ranges over ranges of other types, and across page boundaries
 *   ODD_MANY         140 small reserved ranges: more than 128 in all
 *   ODD_UNSORTED     the BIOS's own ranges come from the last to the first
 *   ODD_CARRY_LAST   the last entry comes with carry set
 *   ODD_CARRY_AFTER  no entry is marked as the last one; the call after it fails
 *   ODD_EXTENDED     entries have 24 bytes, and some are not to be counted
 *
 * It relies on SeaBIOS, whose continuation value is the number of the entry.
 * tests/kernels/contract/odd_map.c knows the ranges.
 */
#include "hook.inc"

#define SMAP 0x534d4150
#define MIB  0x100000

#ifdef ODD_EXTENDED
#define ENTRY_SIZE 24
#else
#define ENTRY_SIZE 20
#endif

#ifdef ODD_MANY
#define MANY 140
#else
#define MANY 0
#endif
#define MANY_BASE (128 * MIB)
#define MANY_STEP 0x10000
#define MANY_LENGTH 0x1000

#define RANGE(base, length, type, attributes) .quad base, length; .long type, attributes

	.code16
	.section .text, "ax", @progbits
	.globl	rom
rom:
	HOOK_INTERRUPT 0x15

service:
	cmpl	$0xe820, %eax
	je	e820
	ljmpw	*%cs:real_service

/* In: entry number in ebx, buffer at es:di. On the stack: the caller's ip, cs, flags. */
e820:
	pushw	%bp
	movw	%sp, %bp
	pushl	%esi
	pushw	%ds
	pushw	%cs
	popw	%ds
	andw	$~1, 6(%bp)		/* carry in the caller's flags */
	cld
	movl	%ebx, %esi
	cmpw	$TABLE_ENTRIES, %si
	jb	from_table
	subw	$TABLE_ENTRIES, %si
#if MANY
	cmpw	$MANY, %si
	jb	one_of_many
	subw	$MANY, %si
#endif

	/* The BIOS's own entry number si. */
	pushw	%bx
	xorl	%ebx, %ebx
	xorw	%dx, %dx		/* how many there are */
1:	incw	%dx
	call	ask_bios
	jc	2f
	testl	%ebx, %ebx
	jnz	1b
2:
	cmpw	%dx, %si
	jae	after_the_last
	movzwl	%si, %ebx
#ifdef ODD_UNSORTED
	notw	%bx
	addw	%dx, %bx
#endif
	call	ask_bios
#ifdef ODD_EXTENDED
	movl	$1, %es:20(%di)		/* attributes: it counts */
#endif
	popw	%bx
	incw	%si
	cmpw	%dx, %si
	jb	more
#ifdef ODD_CARRY_LAST
	orw	$1, 6(%bp)
#endif
#ifdef ODD_CARRY_AFTER
	jmp	more
#endif
	xorl	%ebx, %ebx
	jmp	done

after_the_last:
	popw	%bx
	orw	$1, 6(%bp)
	jmp	done

from_table:
	imulw	$24, %si
	addw	$table, %si
	pushw	%di
	movw	$ENTRY_SIZE, %cx
	rep movsb
	popw	%di
	jmp	more

#if MANY
one_of_many:
	imull	$MANY_STEP, %esi
	addl	$MANY_BASE, %esi
	movl	%esi, %es:(%di)
	movl	$0, %es:4(%di)
	movl	$MANY_LENGTH, %es:8(%di)
	movl	$0, %es:12(%di)
	movl	$2, %es:16(%di)
#endif

more:
	movzwl	%bx, %ebx
	incw	%bx
done:
	movl	$SMAP, %eax
	movl	%eax, %edx
	movl	$ENTRY_SIZE, %ecx
	popw	%ds
	popl	%esi
	popw	%bp
	iretw

/* Entry ebx to es:di, and the continuation value in ebx. Keeps dx and si. */
ask_bios:
	pushw	%dx
	movl	$0xe820, %eax
	movl	$20, %ecx
	movl	$SMAP, %edx
	pushfw
	lcallw	*%cs:real_service
	popw	%dx
	ret

	.balign	8
table:
#ifdef ODD_ZERO
	RANGE(0xfffffffffffff000, 0, 2, 1)
	RANGE(16 * MIB, 0, 2, 1)
	RANGE(0, 0, 1, 1)
#endif
#ifdef ODD_EXTENDED
	RANGE(121 * MIB, 0x10000, 2, 1)
	RANGE(120 * MIB, 0x10000, 2, 0)	/* bit 0 of the attributes: the others count */
#endif
#ifdef ODD_TYPES
	RANGE(114 * MIB, 0x10000, 0xb0200000, 1)
	RANGE(113 * MIB, 0x10000, 12, 1)
	RANGE(112 * MIB, 0x10000, 7, 1)
#endif
#ifdef ODD_OVERLAPS
	RANGE(96 * MIB + 0x800, MIB, 2, 1)	/* parts of the pages at both ends */
	RANGE(80 * MIB, 0x10000, 2, 1)
	RANGE(80 * MIB, 0x20000, 4, 1)
	RANGE(0xf0000, 0x10000, 1, 1)		/* the BIOS itself */
#endif
table_end:
	.set	TABLE_ENTRIES, (table_end - table) / 24

	.org	ROM_BLOCKS * 512 - 1
	.byte	0				/* sign-rom.sh: the sum of all bytes is 0 */
