/* SPDX-License-Identifier: MIT */
/*
 * What an HTTP server's answer says: RFC 9110 and 9112. The firmware has the connection and takes
 * the headers apart; the body it hands on as it comes, chunks and all.
 */
#pragma once

#include "base/error.h"

/* Zero before the first header. */
struct http_body {
    bool has_length, is_chunked;
    uint64_t length; /* of the file, as the header says; chunks need none */
    uint64_t left;   /* bytes of the file or of the chunk that are still to come */
    unsigned state;  /* of the chunks */
};

/* Only 200 is success; 404 and 410 are ERROR_FILE_NOT_FOUND. */
bool http_check_status(unsigned status, struct error *error);

/* A header of the answer; most do not matter. Both texts end with a NUL. */
bool http_take_header(struct http_body *body, const char *name, const char *value,
                      struct error *error);

/* After the last header. ERROR_HTTP_NO_LENGTH: the end of the file cannot be told. */
bool http_begin_body(struct http_body *body, struct error *error);

/* Has all of the file been taken? */
bool http_is_complete(const struct http_body *body);

/*
 * Takes the next *length bytes of the body, and leaves what of them belongs to the file at their
 * beginning, with its length in *length. ERROR_HTTP_ANSWER: more than the file, or no chunks.
 */
bool http_take(struct http_body *body, uint8_t *bytes, size_t *length, struct error *error);
