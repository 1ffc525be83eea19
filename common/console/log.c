/* SPDX-License-Identifier: MIT */
#include "console/log.h"

#include <stdarg.h>

#include "base/print.h"
#include "base/string.h"
#include "console/screen.h"
#include "console/serial.h"
#include "firmware/console.h"
#include "firmware/video.h"

enum { MESSAGE_SIZE_MAX = 1152 }; /* what error_print() writes, and the prefix */

static uint16_t serial_port; /* 0: there is none */
static bool are_consoles_lent;

/* ---- The buffer for the kernel ---- */

static char buffer[LOG_SIZE_MAX];
static size_t buffer_length;
static size_t gap; /* the latest messages begin here; 0 until something has been dropped */

static const char gap_text[] = "bowline: (some messages are left out here)\n";

/* End of the line that byte `offset` lies in. */
static size_t end_of_line(size_t offset)
{
    const char *newline = memchr(buffer + offset, '\n', buffer_length - offset);

    return newline != NULL ? (size_t)(newline - buffer) + 1 : buffer_length;
}

/* The first half stays; of what follows, the oldest lines go until `length` bytes are free. */
static void make_room(size_t length)
{
    size_t mark_length = gap == 0 ? sizeof(gap_text) - 1 : 0;
    size_t begin = gap == 0 ? end_of_line(LOG_SIZE_MAX / 2) : gap;
    size_t excess = buffer_length + mark_length + length - LOG_SIZE_MAX;
    size_t end = end_of_line(begin + excess - 1);

    memmove(buffer + begin + mark_length, buffer + end, buffer_length - end);
    memcpy(buffer + begin, gap_text, mark_length);
    gap = begin + mark_length;
    buffer_length -= end - gap;
}

static void write_buffer(const char *text, size_t length)
{
    if (length > LOG_SIZE_MAX - buffer_length)
        make_room(length);
    memcpy(buffer + buffer_length, text, length);
    buffer_length += length;
}

/* In the first half of the buffer, which stays. */
static size_t warning_start, warning_length; /* 0: there has been none */

static void remember_warning(size_t length)
{
    const size_t name = sizeof("bowline: ") - 1;

    if (warning_length != 0 || buffer_length + length > LOG_SIZE_MAX / 2)
        return;
    warning_start = buffer_length + name;
    warning_length = length - name;
}

bool log_first_warning(char *out, size_t capacity)
{
    if (warning_length == 0 || warning_length >= capacity)
        return false;
    memcpy(out, buffer + warning_start, warning_length);
    out[warning_length] = '\0';
    return true;
}

size_t log_size(void)
{
    return buffer_length;
}

const char *log_text(void)
{
    return buffer;
}

/* ---- The screen ---- */

static struct screen screen;
static enum { SCREEN_UNKNOWN, SCREEN_FRAMEBUFFER, SCREEN_FIRMWARE, SCREEN_NONE } screen_kind;
static bool is_screen_clear; /* cleared before the first text: most boots have none to show */
static bool is_screen_busy;  /* a firmware function that fails may log, too */

static void find_screen(void)
{
    struct bowline_framebuffer framebuffer;
    void *pixels = NULL;

    if (firmware_current_framebuffer(&framebuffer))
        pixels = firmware_framebuffer_memory(&framebuffer);
    if (pixels != NULL) {
        screen_start(&screen, &framebuffer, pixels);
        is_screen_clear = false;
        screen_kind = SCREEN_FRAMEBUFFER;
    } else {
        screen_kind = SCREEN_FIRMWARE;
    }
}

static void write_screen(const char *text, size_t length)
{
    if (is_screen_busy)
        return;
    is_screen_busy = true;
    if (screen_kind == SCREEN_UNKNOWN)
        find_screen();
    if (screen_kind == SCREEN_FRAMEBUFFER && !is_screen_clear) {
        screen_clear(&screen);
        is_screen_clear = true;
    }
    if (screen_kind == SCREEN_FRAMEBUFFER)
        screen_write(&screen, text, length);
    else if (screen_kind == SCREEN_FIRMWARE)
        firmware_write_text(text, length);
    is_screen_busy = false;
}

void log_screen_changed(void)
{
    screen_kind = SCREEN_UNKNOWN;
}

void log_lend_consoles(bool are_lent)
{
    are_consoles_lent = are_lent;
    log_screen_changed();
}

void log_leave_firmware(void)
{
    if (screen_kind == SCREEN_UNKNOWN)
        find_screen();
    if (screen_kind == SCREEN_FIRMWARE)
        screen_kind = SCREEN_NONE;
}

/* ---- Messages ---- */

/* Up to which level each sink gets messages. */
static enum log_level screen_level = LOG_NOTICE, serial_level = LOG_INFO,
                      debugcon_level = LOG_DETAIL;

void log_use_serial(uint16_t port, uint32_t speed)
{
    serial_port = 0;
    if (port == 0)
        return;
    if (serial_start(port, speed))
        serial_port = port;
    else
        log_message(LOG_INFO, "no serial port at 0x%x", port);
}

void log_set_level(enum log_level level, uint32_t sinks, enum log_level others)
{
    screen_level = sinks & LOG_TO_SCREEN ? level : others;
    serial_level = sinks & LOG_TO_SERIAL ? level : others;
    debugcon_level = sinks & LOG_TO_DEBUGCON ? level : others;
}

void log_start(void)
{
    serial_port = serial_start(SERIAL_COM1, SERIAL_SPEED_MAX) ? SERIAL_COM1 : 0;
    warning_length = 0; /* the host boots more than once */
    screen_level = LOG_NOTICE;
    serial_level = LOG_INFO;
    debugcon_level = LOG_DETAIL;
}

uint16_t log_serial_port(void)
{
    return serial_port;
}

static void write_everywhere(enum log_level level, const char *text, size_t length)
{
    if (level == LOG_WARNING)
        remember_warning(length);
    /* First where it cannot fail, and last where the firmware has a hand in it. */
    write_buffer(text, length);
    if (level <= debugcon_level)
        debugcon_write(text, length);
    if (are_consoles_lent)
        return;
    if (serial_port != 0 && level <= serial_level && !serial_write(serial_port, text, length))
        serial_port = 0;
    if (level <= screen_level)
        write_screen(text, length);
}

static const char *prefix_of(enum log_level level)
{
    return level == LOG_ERROR     ? "bowline: error: "
           : level == LOG_WARNING ? "bowline: warning: "
                                  : "bowline: ";
}

void log_message(enum log_level level, const char *format, ...)
{
    char text[MESSAGE_SIZE_MAX];
    size_t length = print_text(text, sizeof(text) - 1, "%s", prefix_of(level));
    va_list arguments;

    va_start(arguments, format);
    length += print_text_list(text + length, sizeof(text) - 1 - length, format, arguments);
    va_end(arguments);
    text[length++] = '\n';
    write_everywhere(level, text, length);
}

void log_error(enum log_level level, const struct error *error)
{
    char text[MESSAGE_SIZE_MAX];
    size_t length = print_text(text, sizeof(text), "%s", prefix_of(level));

    length += error_print(error, text + length, sizeof(text) - length);
    write_everywhere(level, text, length);
}
