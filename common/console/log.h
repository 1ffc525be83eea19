/* SPDX-License-Identifier: MIT */
/*
 * The loader's log. Every message goes to serial, debugcon and a buffer for the kernel; errors,
 * warnings and notices go to the screen too: drawn on the framebuffer, or written by the firmware
 * where there is none. Details stay out of the serial port, where a line of them would take four
 * milliseconds. (boot.conf may say otherwise.) Usable from the first instruction to the last.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DETAIL };

/*
 * Probes the serial port, COM1 at 115200 bits per second. Before it, and where there is no port,
 * serial output is dropped.
 */
void log_start(void);

/* From now on messages go to this port; 0: to none. `speed` as serial_start() has it. */
void log_use_serial(uint16_t port, uint32_t speed);

/* Where messages can go, but for the buffer, which gets all of them. */
enum log_sink { LOG_TO_SCREEN = 1 << 0, LOG_TO_SERIAL = 1 << 1, LOG_TO_DEBUGCON = 1 << 2 };

/* From now on these sinks get messages up to `level`, and the other ones up to `others`. */
void log_set_level(enum log_level level, uint32_t sinks, enum log_level others);

/* The framebuffer is another one, or set up anew: to be called after each change of video mode. */
void log_screen_changed(void);

/*
 * The firmware is about to be left: from now on the log asks it for nothing. To be called before
 * firmware_take_over(), whose failure can still be shown on a framebuffer.
 */
void log_leave_firmware(void);

/*
 * Somebody else has the screen and the serial port (console/display.h), or has no longer: messages
 * go to the other places meanwhile. Afterwards the screen is cleared before the next message.
 */
void log_lend_consoles(bool are_lent);

/* The port that messages go to; 0: there is none. */
uint16_t log_serial_port(void);

/* One message, without a line end: "bowline: warning: TEXT". */
__attribute__((format(printf, 2, 3))) void log_message(enum log_level level, const char *format,
                                                       ...);

/* An error with its remedy, at LOG_ERROR or LOG_WARNING. */
void log_error(enum log_level level, const struct error *error);

/* Writes the first warning so far, without the loader's name, terminated. False: there is none, or
 * it does not fit. */
bool log_first_warning(char *out, size_t capacity);

/* The text so far, not terminated. What does not fit is dropped from its middle, line by line. */
enum { LOG_SIZE_MAX = 16 * 1024 };
size_t log_size(void);
const char *log_text(void);
