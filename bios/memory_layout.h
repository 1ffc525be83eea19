/* SPDX-License-Identifier: MIT */
/*
 * Low memory while the BIOS stages run: the one place that says who lies where. Included by C,
 * assembly and linker scripts, so it holds nothing but macros.
 *
 *     0x00000  the BIOS: interrupt vectors, BIOS data area
 *     0x00600  what stages 1 and 2 compute: the CRC table, a test of A20, far pointers
 *     0x01000  stack for real mode, growing down from stage 1: option ROMs are generous with it
 *     0x07c00  stage 1, where the BIOS loads it
 *     0x08000  stage 2, 16 KiB at most, in segment 0 as stage 1 is: pointers are plain offsets
 *     0x0c000  stage 2's variables; the memory map in them is read by stage 3
 *     0x10000  guard page: not mapped in stage 3, so that a stack overflow is a fault
 *     0x11000  stack for 64-bit mode
 *     0x18000  page tables for 64-bit mode
 *     0x20000  stage 3, unpacked here by stage 2, and its variables
 *     0x50000  stage 3 packed, as it is on the disk: begins on 64 KiB, so that no piece of it that
 *              is read crosses such a border. In stage 3: bounce buffer for the disk, up to what
 *              the BIOS keeps (int 12h); stage 2 sees to it that this is not below 0x64000
 *
 * Nothing lies above 1 MiB before the memory map is known: what is there differs from machine to
 * machine. All of this is free again when the kernel runs.
 */
#pragma once

#define LAYOUT_A20_TEST    0x600 /* a word to see whether A20 is on */
#define LAYOUT_PXE_ENTRY   0x604 /* far pointer: how stage 3 calls the network ROM (thunk.S) */
#define LAYOUT_PXE_NEW     0x608 /* what the ROM has told stage 1: far pointers to its "!PXE" */
#define LAYOUT_PXE_OLD     0x60c /* and to its "PXENV+", or nonsense */
#define LAYOUT_CHAIN_ENTRY 0x610 /* far pointer: how stage 3 enters another boot sector (thunk.S)  \
                                  */
#define LAYOUT_CHAIN_PARTITION                                                                     \
    0x7be                        /* what that is told of its partition, where MBRs have their      \
                                    tables; over the CRC table, which nobody needs any more */
#define LAYOUT_CRC32_TABLE 0x800 /* 1 KiB, computed by stage 1, used by stage 2 too */

#define LAYOUT_REAL_STACK_TOP 0x7c00

#define LAYOUT_STAGE1           0x7c00
#define LAYOUT_STAGE2           0x8000
#define LAYOUT_STAGE2_VARIABLES 0xc000
#define LAYOUT_STAGE2_END       0x10000

#define LAYOUT_STACK_GUARD 0x10000
#define LAYOUT_STACK_TOP   0x18000

#define LAYOUT_PAGE_TABLES      0x18000 /* PML4, PDPT, four PDs, PT for the first 2 MiB */
#define LAYOUT_PAGE_TABLE_PAGES 7

#define LAYOUT_STAGE3     0x20000
#define LAYOUT_STAGE3_END 0x50000

#define LAYOUT_PACKED_STAGE3     0x50000
#define LAYOUT_PACKED_STAGE3_END 0x64000 /* BIOS_CHAIN_SIZE_MAX */

#define LAYOUT_BOUNCE     0x50000
#define LAYOUT_BOUNCE_END 0xa0000 /* at most: video memory */
