/* SPDX-License-Identifier: MIT */
/*
 * Reader of boot.conf: one `key value` per line, '#' comments, LF or CRLF, a byte order mark is
 * skipped. Values run to the end of the line; a path with spaces stands in double quotes.
 * docs/boot-conf.md has the table of keys.
 */
#pragma once

#include "base/error.h"

#define CONFIG_PATH "/bowline/boot.conf"
enum { CONFIG_SIZE_MAX = 64 * 1024 };

/* A piece of the text that was parsed, not terminated. */
struct text {
    const char *start;
    size_t length;
};

enum config_key { CONFIG_ENTRY, CONFIG_TITLE, CONFIG_KERNEL, CONFIG_OPTIONS, CONFIG_MODULE };

/* One line that says something. */
struct config_line {
    enum config_key key;
    struct text value;     /* of `kernel` and `module`: the path, without its quotes */
    struct text arguments; /* of `module`: what follows the path */
    uint32_t line;         /* from 1 */
};

struct config_cursor {
    const char *position;
    const char *end;
    uint32_t line;
};

void config_start(struct config_cursor *cursor, const char *text, size_t length);

/*
 * Next line: true and *out filled; false at the end of the text, with error->code 0, or for a line
 * that cannot be understood, with the error naming line and column. The cursor has moved on either
 * way, so a caller that tolerates bad lines calls again.
 */
bool config_next(struct config_cursor *cursor, struct config_line *out, struct error *error);
