/* SPDX-License-Identifier: MIT */
/*
 * The loader's log. Every message goes to serial, debugcon and a buffer for the kernel; errors,
 * warnings and notices go to the screen too: drawn on the framebuffer, or written by the firmware
 * where there is none. Details stay out of the serial port, where a line of them would take four
 * milliseconds. Usable from the first instruction to the last.
 */
#pragma once

#include <stddef.h>

#include "base/error.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DETAIL };

/* Probes the serial port. Before it, and where there is no port, serial output is dropped. */
void log_start(void);

/* The framebuffer is another one, or set up anew: to be called after each change of video mode. */
void log_screen_changed(void);

/*
 * The firmware is about to be left: from now on the log asks it for nothing. To be called before
 * firmware_take_over(), whose failure can still be shown on a framebuffer.
 */
void log_leave_firmware(void);

/* The port that messages go to; 0: there is none. */
uint16_t log_serial_port(void);

/* One message, without a line end: "bowline: warning: TEXT". */
__attribute__((format(printf, 2, 3))) void log_message(enum log_level level, const char *format,
                                                       ...);

/* An error with its remedy, at LOG_ERROR or LOG_WARNING. */
void log_error(enum log_level level, const struct error *error);

/* The text so far, not terminated. What does not fit is dropped from its middle, line by line. */
enum { LOG_SIZE_MAX = 16 * 1024 };
size_t log_size(void);
const char *log_text(void);
