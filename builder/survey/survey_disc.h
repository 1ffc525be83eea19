/* SPDX-License-Identifier: MIT */
/* What the parts of the survey of a disc share. */
#pragma once

#include "disk/iso_writer.h"
#include "survey/survey_parts.h"

enum { DISC_FIRST_BLOCK = ISO_START / ISO_BLOCK_SIZE }; /* of the descriptors: ECMA-119, 6.2.1 */

/* Where mkimage puts what follows the three descriptors: blocks from the first of them on. */
enum { BLOCK_CATALOG = 3, BLOCK_PATH_TABLE_LITTLE, BLOCK_PATH_TABLE_BIG, BLOCK_ROOT, BLOCK_README };

struct disc {
    struct surveyor *surveyor;
    size_t primary_item;
    bool has_primary;
    struct iso_primary primary;
    bool has_catalog;
    uint32_t catalog; /* block */
};

/* survey_disc_own.c: compares a disc of mkimage's, all of which follows from the rest of the image.
 */
void disc_compare_with_own(struct disc *disc);
