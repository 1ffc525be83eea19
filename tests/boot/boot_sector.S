/* SPDX-License-Identifier: MIT */
/*
 * A partition's boot sector that asserts what it is owed, and gives a verdict as a test kernel does. Each check
 * has a letter, which it says when it fails. chainload-test.sh fills the parameters in.
 */
#define LOADED 0x7c00
#define READ_TO 0x8c00		/* behind a sector of 4096 bytes */
#define SERIAL 0x3f8
#define VERDICT 0xf4
#define PASSED 0x10
#define FAILED 0x11
#define GPT_MAGIC 0x54504721
#define AT(label) (LOADED + (label) - _start)

	.macro	check letter, condition
	movb	$\letter, AT(letter)
	\condition	fail
	.endm

	.code16
	.section .text, "ax", @progbits
	.globl	_start
_start:
	pushfw				/* before anything changes them */
	pushl	%eax
	call	1f
1:	popw	%cx
	movw	%ds, %ax
	movw	%ss, %bx
	orw	%bx, %ax
	pushw	%cs
	popw	%bx
	orw	%bx, %ax
	movw	$0, %bx
	movw	%bx, %ds
	movw	%bx, %es
	movw	%bx, %ss
	check	'S', jnz		/* the flags of the or: all segments are 0 */
	cmpw	$AT(1b), %cx
	check	'I', jne		/* at 0000:7c00 */
	cmpw	$LOADED - 6, %sp
	check	'P', jne		/* with an empty stack below */
	cmpb	AT(drive), %dl
	check	'D', jne
	popl	%eax
	movl	%eax, %ebx
	popw	%ax
	testb	$2, %ah
	check	'F', jz			/* interrupts are on */

	cmpb	$0x80, (%si)
	check	'A', jne		/* the partition's entry is active */
	movb	AT(type), %al
	cmpb	%al, 4(%si)
	check	'T', jne
	movl	AT(lba), %eax
	cmpl	%eax, 8(%si)
	check	'L', jne
	cmpw	%bp, %si
	check	'B', jne
	cmpb	$0xed, AT(type)
	jne	2f
	cmpl	$GPT_MAGIC, %ebx
	check	'M', jne
	cmpl	$128, 16(%si)
	check	'G', jne		/* the GPT's entry, whose first sector is the same */
	cmpl	%eax, 20 + 32(%si)
	check	'E', jne
2:
	cmpb	$3, 0x449
	check	'V', jne		/* text mode 3, as the BIOS data area has it */
	movb	AT(last), %al
	cmpb	%al, LOADED + 4095	/* where sectors have 4096 bytes, else anything */
	je	3f
	cmpb	$0, %al
	check	'W', jne
3:
	movl	0x46c, %eax		/* the BIOS's timer still ticks, through its own vectors */
4:	hlt
	cmpl	%eax, 0x46c
	je	4b

	movl	8(%si), %eax		/* the second sector is found where the entry says */
	incl	%eax
	movl	%eax, AT(packet) + 8
	movw	$AT(packet), %si
	movb	$0x42, %ah
	int	$0x13
	check	'R', jc
	cmpl	$0x31415926, READ_TO
	check	'C', jne

	movw	$AT(passed), %si
	call	say
	movb	$PASSED, %al
	jmp	end
fail:	movw	$AT(failed), %si
	call	say
	movb	$FAILED, %al
end:	outb	%al, $VERDICT
5:	hlt
	jmp	5b

say:	movw	$SERIAL + 5, %dx
	inb	%dx, %al
	testb	$0x40, %al		/* all that was sent is out */
	jz	say
	movw	$SERIAL, %dx
	lodsb
	outb	%al, %dx
	cmpb	$'\n', %al
	jne	say
6:	movw	$SERIAL + 5, %dx
	inb	%dx, %al
	testb	$0x40, %al
	jz	6b
	ret

passed:	.ascii	"bowline-test: pass boot-sector\r\n"
failed:	.ascii	"bowline-test: FAIL boot-sector: check "
letter:	.ascii	"?\r\n"
	.balign	4
packet:	.word	16, 1, READ_TO, 0
	.quad	0

	.org	496
lba:	.long	0			/* 496 */
type:	.byte	0			/* 500 */
drive:	.byte	0			/* 501 */
last:	.byte	0			/* 502: the sector's last byte where it has 4096 */
	.org	510
	.word	0xaa55
