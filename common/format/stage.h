/* SPDX-License-Identifier: MIT */
/*
 * How the BIOS stages find and check each other. mkimage fills these fields in; bios/ reads them.
 *
 * Stages 2 and 3 lie one after the other at STAGE2_OFFSET, each padded with zeros to a multiple of
 * STAGE_ALIGNMENT. Stage 3 is packed: an LZ4 block, which stage 2 unpacks. A sector is 512 bytes
 * here, whatever the disk has: the stages ask it (int 13h AH=48h) and convert, which the alignment
 * allows up to sectors of 4096 bytes.
 *
 * Stage 1 is there twice: in the first sector, and for discs at DISC_STAGE1_OFFSET. Stage 2 is
 * entered with the drive in dl, and in cl how many bits more its sectors have than those of 512
 * bytes: 0 is to ask the BIOS, which does not always tell for discs.
 *
 * Over the network all of them are one file, bowline.0: stage 1 for the network, then stage 2 as on a
 * disk, and a stage 3 that takes its files from the network. The network ROM loads it to where stage 1 lies, so that stage 2 is in its place.
 */
#pragma once

#include "format/seal.h"

enum {
    STAGE1_CODE_SIZE = 440,    /* code area of an MBR; the disk signature follows */
    STAGE1_BPB_END = 90,       /* offsets 3 to 89 belong to a BPB that a BIOS may scribble there */
    STAGE1_PATCH_OFFSET = 424, /* struct stage1_patch: the last 16 bytes of the code area */
    STAGE1_NETWORK_SIZE = 1024,
    STAGE1_NETWORK_PATCH_OFFSET = 1008, /* of which stage2_lba is 0 */
    STAGE2_FROM_NETWORK = 0x80,         /* in cl: stage 3 lies where stage 2 would read it to */
    STAGE_SECTOR_SIZE = 512,
    STAGE_ALIGNMENT = 4096,
    DISC_STAGE1_OFFSET = 0xc000, /* bytes from the start; a BIOS loads its sector of 2048 bytes */
    STAGE2_OFFSET = 0x10000,     /* bytes from the start of the disk */
    STAGE_AREA_SIZE = 0xc0000,   /* behind it: last words (last_words.h), boot-state records */
    ESP_OFFSET = 0x100000,       /* the EFI system partition, in every scheme */
    STAGE2_SIZE_MAX = 16 * 1024,
    BIOS_CHAIN_SIZE_MAX = 80 * 1024,
};

struct stage1_patch {
    uint64_t stage2_lba;
    uint32_t stage2_crc32; /* of stage2_sectors whole sectors, struct stage2_header filled in */
    uint16_t stage2_sectors;
    uint16_t reserved;
};
_Static_assert(sizeof(struct stage1_patch) == 16, "fits before the disk signature");

/* At the start of stage 2, after a jump; all zero but for the magic until mkimage fills it in. */
#define STAGE2_MAGIC 0x324c5742 /* "BWL2" */
struct stage2_header {
    uint8_t jump[4];
    uint32_t magic;
    uint64_t stage3_lba;
    uint32_t packed_size;  /* bytes of stage 3 on the disk: of the file stage3.lz4 */
    uint32_t packed_crc32; /* of these bytes */
    uint32_t stage3_size;  /* bytes of stage 3 in memory: of the file stage3.bin */
    /*
     * The image's disk signature: it makes each image's checksum of stage 2 another, so that stage 1
     * tells its own stage 2 from one on another disk. Nobody else reads it.
     */
    uint32_t mark;
    struct seal seal; /* for stage 3; in stage 2 as it was built all zero */
};
_Static_assert(sizeof(struct stage2_header) == 112, "docs/image-layout.md, bios/stage2/start.S");
