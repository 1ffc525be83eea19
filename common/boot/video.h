/* SPDX-License-Identifier: MIT */
/* Which graphics mode: one rule for BIOS and UEFI. */
#pragma once

#include "firmware/video.h"

/*
 * The rule, with the size that the request prefers, or else the monitor's own (EDID), or else the
 * mode that is set, or else 1024 x 768:
 *   1. modes below the request's minimum do not count;
 *   2. the largest mode that fits into the preferred size, which may be that size itself;
 *   3. if none fits, the smallest mode there is.
 * Among modes of one size 32 bits per pixel come before 24, and 24 before 16.
 * False: no mode counts.
 */
bool video_choose(const struct video_modes *modes, const struct bowline_request *request,
                  uint32_t *index);

/* What the kernel finds on the screen: a framebuffer, VGA text, or neither. */
struct video {
    struct video_modes modes; /* none but for a framebuffer */
    bool has_framebuffer;
    struct bowline_framebuffer framebuffer;
    bool is_vga_text;
};

/*
 * Sets up what the request asks for. VGA text mode goes before a framebuffer, unless the
 * framebuffer is required. That there is neither is an error only where one is required.
 */
bool video_start(const struct bowline_request *request, struct video *out, struct error *error);
