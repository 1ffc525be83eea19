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
	embed	embedded_stage1_disc, STAGE1_DISC_PATH
	embed	embedded_stage1_uefi_only, STAGE1_UEFI_ONLY_PATH
	embed	embedded_stage1_network, STAGE1_NETWORK_PATH
	embed	embedded_stage2, STAGE2_PATH
	embed	embedded_stage3, STAGE3_PACKED_PATH
	embed	embedded_stage3_network, STAGE3_NETWORK_PACKED_PATH
	embed	embedded_uefi_application, UEFI_APPLICATION_PATH
	embed	embedded_uefi_application_32, UEFI_APPLICATION_32_PATH

	.balign	8
	.globl	embedded_stage3_size
embedded_stage3_size:
	.quad	stage3_end - stage3_start
	.globl	embedded_stage3_network_size
embedded_stage3_network_size:
	.quad	stage3_network_end - stage3_end

/* Only to know how large they are: this section does not become part of the program. */
	.section .unpacked, "e"
stage3_start:
	.incbin	STAGE3_PATH
stage3_end:
	.incbin	STAGE3_NETWORK_PATH
stage3_network_end:

	.section .note.GNU-stack, "", @progbits
