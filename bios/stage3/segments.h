/* SPDX-License-Identifier: MIT */
/* Selectors of the segments in stage 3's GDT (thunk.S). */
#pragma once

#define SEGMENT_CODE    0x08
#define SEGMENT_DATA    0x10
#define SEGMENT_CODE_16 0x18 /* begins at LAYOUT_STAGE3 */
#define SEGMENT_DATA_16 0x20
#define SEGMENT_TSS     0x28
