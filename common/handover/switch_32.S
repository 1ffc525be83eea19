/* SPDX-License-Identifier: MIT */
/*
 * handover_switch(root, resident, enter), 64 bits each, in 32-bit mode: see switch.h.
 *
 * There is no root to load: `enter` is the crossing's 32-bit code. The firmware may have paging on,
 * with tables that do not let that page be executed; this code they do.
 */
#include "handover/crossing.h"

#define CR0_PG_BIT 31

	.section .text.handover_switch, "ax"
	.globl	handover_switch
	.globl	handover_switch_start
	.globl	handover_switch_end
	.hidden	handover_switch, handover_switch_start, handover_switch_end
handover_switch:
handover_switch_start:
	cli
	movl	20(%esp), %eax
	movl	%eax, %ebx
	andl	$-4096, %ebx		/* struct crossing */
	movl	%cr0, %ecx
	btrl	$CR0_PG_BIT, %ecx
	movl	%ecx, %cr0
	lgdt	CROSSING_GDT_POINTER + 6(%ebx)
	jmp	*%eax
handover_switch_end:

	.section .note.GNU-stack, "", @progbits
