/* SPDX-License-Identifier: MIT */
/*
 * Reader of boot.conf: one `key value` per line, '#' comments, LF or CRLF, a byte order mark is
 * skipped. Values run to the end of the line; a path with spaces stands in double quotes.
 * docs/boot-conf.md has the table of keys.
 */
#pragma once

#include "base/error.h"
#include "base/sha256.h"

#define CONFIG_PATH "/bowline/boot.conf"
enum { CONFIG_SIZE_MAX = 1024 * 1024 };

/* A piece of the text that was parsed, not terminated. */
struct text {
    const char *start;
    size_t length;
};

enum config_key {
#define KEY(constant, word, value) CONFIG_##constant,
#include "format/config_keys.def"
#undef KEY
};

enum { CONFIG_WAIT_FOR_EVER = 0xffffffff };

/* Where messages can go. */
enum config_sink {
    CONFIG_SINK_SCREEN = 1 << 0,
    CONFIG_SINK_SERIAL = 1 << 1,
    CONFIG_SINK_DEBUGCON = 1 << 2,
    CONFIG_SINK_DISK = 1 << 3,
    CONFIG_SINKS = (1 << 4) - 1,
};

/* One line that says something. */
struct config_line {
    enum config_key key;
    struct text value;      /* of a line with a path: that, without its quotes */
    struct text arguments;  /* of `module` and `optional`: what follows the path */
    uint32_t width, height; /* of `resolution`: pixels, not 0 */
    uint32_t seconds;       /* of `timeout`; or CONFIG_WAIT_FOR_EVER */
    bool is_on;             /* of `editor` and `serial`: it does not say "off" */
    uint16_t port;          /* of `serial`: an I/O port */
    uint32_t speed;         /* of `serial`: bits per second, a divisor of 115200 */
    uint32_t level;         /* of `log`: enum log_level */
    uint32_t sinks;         /* of `log`: enum config_sink; all of them when the line names none */
    uint32_t priority;      /* of `slot`: the highest boots */
    uint32_t attempts;      /* of `slot`: 1 to 255 */
    uint32_t partition;     /* of `chainload partition N`: N, from 1; 0: `value` is a path */
    uint8_t sha256[SHA256_SIZE]; /* of `sha256` */
    uint32_t line;               /* from 1 */
    uint32_t column;             /* of the key, from 1 and in characters */
    uint32_t entry;  /* that it belongs to, from 0: to the first one what stands before it */
    bool is_for_all; /* it stands before all entries */
};

/*
 * What a line says, where the loader or each entry has that once: the number of its key, or one of
 * the first two here. All lines of which there may be any number are CONFIG_MANY.
 */
enum { CONFIG_PARTITION = 29, CONFIG_RESOLUTION_OF_ALL, CONFIG_MANY, CONFIG_PLACES };
unsigned config_place(const struct config_line *line);

/* Is it the loader's, and not an entry's? */
bool config_is_of_loader(unsigned place);

struct config_cursor {
    const char *position;
    const char *end;
    uint32_t line;
    uint32_t entries; /* begun so far */
};

/* What a line `sha256` says about a file. */
struct expected_hash {
    bool is_known;
    uint8_t sha256[SHA256_SIZE];
};

/* Fails with HASH_DIFFERS when the hash is known, and `found` is another. */
bool expected_hash_check(const struct expected_hash *expected, const uint8_t found[SHA256_SIZE],
                         struct error *error);

/* As boot.conf spells it. */
const char *config_word(enum config_key key);

/* Does the line name a file, so that a line `sha256` below it would be about that? */
bool config_names_file(const struct config_line *line);

/*
 * The number of the entry to boot: the first one whose name a line `default` gives, or else the
 * first of all. Lines that cannot be understood are passed over. Fails with CONFIG_NO_ENTRY when no
 * entry has the name.
 */
bool config_default_entry(const char *text, size_t length, uint32_t *entry, struct error *error);

/*
 * Fails with SEAL_NO_HASH unless each line that names something to be loaded, whatever its entry,
 * is followed by a good line `sha256` of it. A partition can have none.
 */
bool config_check_hashes(const char *text, size_t length, struct error *error);

void config_start(struct config_cursor *cursor, const char *text, size_t length);

/*
 * Next line: true and *out filled; false at the end of the text, with error->code 0, or for a line
 * that cannot be understood, with the error naming line and column. The cursor has moved on either
 * way, so a caller that tolerates bad lines calls again.
 */
bool config_next(struct config_cursor *cursor, struct config_line *out, struct error *error);

/* The next line that can be understood; false: there is none. */
bool config_next_good(struct config_cursor *cursor, struct config_line *out);
