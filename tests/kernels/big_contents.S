/* SPDX-License-Identifier: MIT */
/* BIG_CONTENTS is a file that the host's `pattern` has written. */
	.section .rodata
	.balign	8
	.globl	contents, contents_end
	.hidden	contents, contents_end
contents:
	.incbin	BIG_CONTENTS
contents_end:

	.section .note.GNU-stack, "", @progbits
