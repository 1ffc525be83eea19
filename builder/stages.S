/* SPDX-License-Identifier: MIT */
/* The stages as the build has made them; CMake gives the paths. */

	.macro embed name, path
	.balign	16
	.globl	\name
	.globl	\name\()_end
\name:
	.incbin	"\path"
\name\()_end:
	.endm

	.section .rodata
	embed	embedded_stage1, STAGE1_PATH
	embed	embedded_stage2, STAGE2_PATH
	embed	embedded_stage3, STAGE3_PATH
	embed	embedded_uefi_application, UEFI_APPLICATION_PATH

	.section .note.GNU-stack, "", @progbits
