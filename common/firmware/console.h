/* SPDX-License-Identifier: MIT */
/* Text and keys of the firmware itself: the screen where there is no framebuffer. */
#pragma once

#include <stddef.h>

#include "console/key.h"

/* Writes to the firmware's text screen. `text` is ASCII with '\n' line ends, not terminated. */
void firmware_write_text(const char *text, size_t length);

/* Empties the text screen; the cursor is at the top left, and is shown or not. */
void firmware_clear_text(bool shows_cursor);

/*
 * Writes ASCII without line ends at a place of the text screen, which has at least 80 x 25
 * characters. `attribute` is as the VGA has it: the background in bits 4 to 6, the foreground in
 * bits 0 to 3.
 */
void firmware_draw_text(uint32_t column, uint32_t row, uint8_t attribute, const char *text,
                        size_t length);

/* Takes the next key that has been pressed. False: there is none, or no keyboard at all. */
bool firmware_poll_key(struct key *out);

/* Keys are noticed meanwhile. */
void firmware_pause(uint32_t milliseconds);
