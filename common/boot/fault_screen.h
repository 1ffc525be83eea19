/* SPDX-License-Identifier: MIT */
/* What the fault screen needs to know, collected before the hand-over. */
#pragma once

#include "boot/kernel.h"
#include "boot/video.h"
#include "handover/handover.h"
#include "memory/layout.h"

struct fault_screen {
    enum screen_kind kind;
    struct bowline_framebuffer framebuffer; /* all 0 unless it is one */
    struct handover_memory memory;          /* of its pixels or cells */
};

/*
 * What the screen shows when the kernel starts, be it the kernel's framebuffer or what the firmware
 * has left there. To be called when the video mode does not change any more.
 */
void fault_screen_find(const struct video *video, struct fault_screen *out);

/* Tells the resident part all that it does not know from handover_prepare(). */
void fault_screen_instruct(const struct fault_screen *screen, const struct video *video,
                           const struct kernel *kernel, const struct layout *layout,
                           const struct layout_sizes *sizes, struct resident *resident);
