/* SPDX-License-Identifier: MIT */
/* Graphics modes: GOP on UEFI, VBE on BIOS. Text mode: the VGA's, on BIOS only. */
#pragma once

#include <bowline.h>

#include "base/error.h"

enum { VIDEO_MODES_MAX = 128, EDID_SIZE_MAX = 512 };

struct video_modes {
    uint32_t count; /* modes with a linear framebuffer and direct colour; 0: no graphics */
    struct bowline_video_mode modes[VIDEO_MODES_MAX];
    uint32_t identifiers[VIDEO_MODES_MAX]; /* the firmware's own numbers */
    uint32_t current;                      /* index of the mode set now; count: none of them */
    uint32_t edid_size;                    /* 0: the firmware does not tell */
    uint8_t edid[EDID_SIZE_MAX];
};

/* Fills *out with what there is; a machine without graphics is no error. */
void firmware_list_video_modes(struct video_modes *out);

/*
 * Sets modes->modes[index], clears the screen, and describes the framebuffer in *out: all but
 * `address`, `caching`, `edid` and `modes`. Setting the current mode must work too.
 */
bool firmware_set_video_mode(const struct video_modes *modes, uint32_t index,
                             struct bowline_framebuffer *out, struct error *error);

/*
 * The framebuffer that is on the screen now, if there is one: the loader's own messages go to it.
 * Where there is none, firmware_write_text() has to do.
 */
bool firmware_current_framebuffer(struct bowline_framebuffer *out);

/*
 * Sets VGA text mode 3: 80 x 25 characters at physical 0xb8000, empty, the cursor at the top left.
 * False: this machine cannot do it, and its screen is left as it was.
 */
bool firmware_set_vga_text(void);

/* Is the screen in that mode now? What it shows is not touched. */
bool firmware_shows_vga_text(void);

/*
 * Where the loader can write a framebuffer; valid until the hand-over. NULL: it is out of reach of
 * 32-bit code, above 4 GiB.
 */
void *firmware_framebuffer_memory(const struct bowline_framebuffer *framebuffer);
