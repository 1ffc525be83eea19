/* SPDX-License-Identifier: MIT */
/* Text and keys of the firmware itself: the fallback for a screen without a framebuffer. */
#pragma once

#include <stddef.h>

/* Writes to the firmware's text screen. `text` is ASCII with '\n' line ends, not terminated. */
void firmware_write_text(const char *text, size_t length);

/*
 * Waits for a key press, without limit: the message stays for whoever comes. Returns at once where
 * the firmware has no keyboard input at all.
 */
void firmware_wait_for_key(void);
