/* SPDX-License-Identifier: MIT */
/* What boots the image: the BIOS stages and the UEFI application, embedded in mkimage. */
#pragma once

#include "base/error.h"
#include "format/stage.h"

struct stage_bytes {
    const uint8_t *bytes;
    size_t size;
};

struct stages {
    /* As they were built, not patched; stage 3 packed. */
    struct stage_bytes stage1, stage1_disc, stage1_network, stage2, stage3;
    struct stage_bytes stage1_uefi_only; /* the boot sector of an image without these */
    size_t stage3_size;                  /* unpacked */
    struct stage_bytes stage3_network;   /* the one that takes its files from a network */
    size_t stage3_network_size;
    struct stage_bytes uefi_application;    /* for 64-bit firmware */
    struct stage_bytes uefi_application_32; /* for 32-bit firmware on a 64-bit processor */
};

/* The stages in this binary (embedded.c). */
struct stages stages_embedded(void);

/* The same with the stage 3 for the network in the place of the one for disks. */
struct stages stages_for_network(struct stages stages);

/* The BIOS chain, ready to be written. */
struct bios_chain {
    uint8_t boot_sector[512];             /* boot code up to byte 440, the rest is zero */
    uint8_t disc_sector[2048];            /* the same for discs, at DISC_STAGE1_OFFSET */
    uint8_t network[STAGE1_NETWORK_SIZE]; /* what lies before the stages in a file for PXE */
    uint8_t *stages;                      /* stages 2 and 3, from STAGE2_OFFSET on; allocated */
    size_t size;
};

/* No stages: boot sectors that say that there are none. */
void bios_chain_leave_out(const struct stages *stages, struct bios_chain *out);

/*
 * Puts the chain together and fills in where the next stage lies, the seal, and the image's mark
 * (format/stage.h). Refuses stages that are larger than their place.
 */
bool bios_chain_make(const struct stages *stages, const struct seal *seal, uint32_t mark,
                     struct bios_chain *out, struct error *error);
