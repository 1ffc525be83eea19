/* SPDX-License-Identifier: MIT */
/*
 * A network ROM between the real one and bowline.0, which follows it in the file: it offers the API in another
 * way, tells on COM1 what is called, and lets one function fail. network-rom-test.sh fills in the last bytes
 * before it.
 *
 *   network-rom: FUNCTION EXIT   for each call but those that send and receive
 */
#define SIZE 1024			/* of this; bowline.0 comes next */
#define KIB_TAKEN 2			/* from the top of the memory */
#define FILE_PIECES 32			/* of 4 KiB: more than bowline.0 has */

#define UDP_READ 0x32
#define UDP_WRITE 0x33

	.code16
	.section .text, "ax", @progbits
	.globl	_start
_start:					/* everything is addressed from the segment's beginning */
	ljmpw	$0x7c0, $1f
1:	movw	%cs, %ax
	movw	%ax, %ds
	movw	%sp, %bp
	movw	%ss:6(%bp), %gs		/* the real one's "!PXE": its entry point */
	movw	%ss:4(%bp), %si
	movl	%gs:16(%si), %eax
	movl	%eax, real_entry

	int	$0x12			/* room above all that is free */
	subw	$KIB_TAKEN, %ax
	xorw	%bx, %bx
	movw	%bx, %gs
	movw	%ax, %gs:0x413
	shlw	$6, %ax
	movw	%ax, %es
	xorw	%si, %si
	xorw	%di, %di
	movw	$SIZE, %cx
	cld
	rep movsb
	pushw	%es
	pushw	$2f
	lretw

2:	movw	%cs, %ax
	movw	%ax, %ds
	movw	%ax, new_entry + 2
	movw	%ax, old_entry + 2
	movw	%ax, old_to_new + 2
	movzwl	%ax, %edx
	shll	$4, %edx
	cmpb	$0, is_low
	je	3f
	movl	$0x60000, %edx		/* it says */
3:	movl	%edx, new_segment
	shrl	$4, %edx
	movw	%dx, old_segment

	cmpb	$'o', way		/* an old one that knows of no new one */
	jne	4f
	movw	$0x0100, old_version
	movb	$0x26, old + 8
	movl	$0, old_to_new
4:	movw	$new, %si
	movb	$5, %bl
	movb	$0x58, %cl
	call	fix_sum
	movw	$old, %si
	movb	$9, %bl
	movb	old + 8, %cl
	call	fix_sum

	movw	$0x7c0 + (SIZE >> 4), %ax	/* bowline.0 to where it is to be */
	movw	$0x7c0, %bx
	movw	$FILE_PIECES, %dx
5:	movw	%ax, %ds
	movw	%bx, %es
	xorw	%si, %si
	xorw	%di, %di
	movw	$1024, %cx
	rep movsl
	addw	$0x100, %ax
	addw	$0x100, %bx
	decw	%dx
	jnz	5b
	movw	%cs, %ax
	movw	%ax, %ds

	xorl	%ecx, %ecx		/* what the two pointers are to be */
	xorl	%ebx, %ebx
	movb	way, %al
	cmpb	$'n', %al
	je	to_new
	cmpb	$'o', %al
	je	to_old
	cmpb	$'p', %al
	je	to_old
	cmpb	$'i', %al		/* the real one, by int 1Ah */
	je	enter
	xorw	%ax, %ax		/* none at all */
	movw	%ax, %gs
	movw	$no_service, %gs:4 * 0x1a
	movw	%cs, %gs:4 * 0x1a + 2
	jmp	enter
to_new:	movw	%cs, %cx
	shll	$16, %ecx
	movw	$new, %cx
	jmp	enter
to_old:	movw	%cs, %bx
	shll	$16, %ebx
	movw	$old, %bx
enter:	pushl	%ecx			/* ss:sp + 4 */
	pushl	%ebx			/* where a return address would be */
	movl	%ebx, %eax
	shrl	$16, %eax
	movw	%ax, %es
	ljmpw	$0, $0x7c00

/* The structure at si, of cl bytes, with its checksum at bl. */
fix_sum:
	movb	$0, %bh
	movb	$0, %ch
	movb	$0, (%bx,%si)
	leaw	(%bx,%si), %di
	xorb	%al, %al
6:	subb	(%si), %al
	incw	%si
	loop	6b
	movb	%al, (%di)
	ret

no_service:
	pushw	%bp			/* carry */
	movw	%sp, %bp
	orb	$1, 6(%bp)
	popw	%bp
	iretw

/* The new entry point takes its arguments from the stack alone, and the old one from registers alone. */
enter_new:
	pushw	%bp
	movw	%sp, %bp
	pushw	%es
	pushw	%di
	pushw	%bx
	movw	6(%bp), %bx
	lesw	8(%bp), %di
	call	serve
	popw	%bx
	popw	%di
	popw	%es
	popw	%bp
	lretw
enter_old:
	call	serve
	lretw

serve:	cmpb	%bl, %cs:failing
	je	7f
	pushw	%bx
	pushw	%es
	pushw	%di
	pushw	%bx
	lcallw	*%cs:real_entry
	addw	$6, %sp
	popw	%bx
	jmp	8f
7:	movw	%cs:status, %ax
	movw	%ax, %es:(%di)
	movw	$1, %ax
8:	cmpb	$UDP_READ, %bl
	je	9f
	cmpb	$UDP_WRITE, %bl
	je	9f
	pushaw
	movb	%al, %bh
	movw	$text, %si
10:	lodsb	%cs:(%si), %al
	call	put
	cmpb	$0, %cs:(%si)
	jne	10b
	movb	%bl, %al
	call	put_byte
	movb	$' ', %al
	call	put
	movb	%bh, %al
	call	put_byte
	movb	$'\n', %al
	call	put
	popaw
9:	ret

put_byte:
	aam	$16			/* high digit to ah, low digit to al */
	xchgb	%ah, %al
	call	put_digit
	movb	%ah, %al
put_digit:
	addb	$'0', %al
	cmpb	$'9', %al
	jbe	put
	addb	$'a' - '9' - 1, %al
put:	pushw	%dx
	movw	$0x3f8, %dx
	outb	%al, %dx
	popw	%dx
	ret

text:	.asciz	"network-rom: "

	.balign	4
real_entry:
	.long	0
new:	.ascii	"!PXE"
	.byte	0x58, 0, 0, 0
	.long	0, 0
new_entry:
	.word	enter_new, 0
	.long	0, -1
	.byte	0, 7
	.word	0
	.skip	8			/* the stack */
	.word	0
new_segment:
	.long	0
	.word	SIZE
	.skip	40
	.org	new + 0x58	/* PXE 2.1, 4.1.2 */
old:	.ascii	"PXENV+"
old_version:
	.word	0x0201
	.byte	0x2c, 0
old_entry:
	.word	enter_old, 0
	.skip	6
	.skip	4			/* the stack */
	.skip	8
old_segment:
	.word	0, SIZE
	.skip	4
old_to_new:
	.word	new, 0
	.org	old + 0x2c	/* PXE 2.1, 4.1.1 */

	.org	SIZE - 8
way:	.byte	0			/* 1016 */
failing: .byte	0			/* 1017: function */
status:	.word	0			/* 1018 */
is_low:	.byte	0			/* 1020 */
	.org	SIZE
