/* SPDX-License-Identifier: MIT */
#include "network/http.h"

#include "base/string.h"
#include "base/units.h"
#include "network/boot_path.h"

enum { STATUS_OK = 200, STATUS_NOT_FOUND = 404, STATUS_GONE = 410 };

/* Where in the chunks a byte belongs: RFC 9112, section 7.1. */
enum chunk_state {
    CHUNK_START,     /* the first digit of a size */
    CHUNK_SIZE,      /* another, or what ends them */
    CHUNK_EXTENSION, /* up to the end of the line */
    CHUNK_DATA,
    CHUNK_DATA_END, /* the line feed behind the data */
    TRAILER_START,  /* of a line behind the last chunk: an empty one ends it all */
    TRAILER,
    CHUNKS_COMPLETE,
};

bool http_check_status(unsigned status, struct error *error)
{
    if (status == STATUS_OK)
        return true;
    if (status == STATUS_NOT_FOUND || status == STATUS_GONE)
        return FAIL(error, FILE_NOT_FOUND, 0);
    return FAIL(error, HTTP_STATUS, status);
}

static bool is_name(const char *text, const char *name)
{
    size_t length = strlen(text);

    return length == strlen(name) && is_same_name(text, name, length);
}

/* Past spaces and tabs (RFC 9110, 5.6.3). */
static const char *skip_spaces(const char *text)
{
    while (*text == ' ' || *text == '\t')
        text++;
    return text;
}

static bool take_length(struct http_body *body, const char *value, struct error *error)
{
    const char *text = skip_spaces(value);
    uint64_t number = 0;
    bool is_number = *text != '\0';

    for (; *text >= '0' && *text <= '9'; text++) {
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(*text - '0'), &number))
            is_number = false;
    }
    /* The same twice is allowed (RFC 9110, 8.6). */
    if (!is_number || *skip_spaces(text) != '\0' || (body->has_length && number != body->length))
        return FAIL_WITH(error, HTTP_HEADER, value);
    body->has_length = true;
    body->length = number;
    return true;
}

bool http_take_header(struct http_body *body, const char *name, const char *value,
                      struct error *error)
{
    if (is_name(name, "content-length"))
        return take_length(body, value, error);
    if (!is_name(name, "transfer-encoding"))
        return true;
    const char *coding = skip_spaces(value);
    static const char chunked[] = "chunked";
    const size_t length = sizeof(chunked) - 1;

    if (strlen(coding) < length || !is_same_name(coding, chunked, length) ||
        *skip_spaces(coding + length) != '\0')
        return FAIL_WITH(error, HTTP_HEADER, value);
    body->is_chunked = true;
    return true;
}

bool http_begin_body(struct http_body *body, struct error *error)
{
    if (!body->has_length && !body->is_chunked)
        return FAIL(error, HTTP_NO_LENGTH);
    body->left = body->is_chunked ? 0 : body->length; /* RFC 9112, 6.3: chunks overrule a length */
    return true;
}

bool http_is_complete(const struct http_body *body)
{
    return body->is_chunked ? body->state == CHUNKS_COMPLETE : body->left == 0;
}

static bool is_digit(uint8_t byte, unsigned *out)
{
    if (byte >= '0' && byte <= '9')
        *out = byte - '0';
    else if ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f')
        *out = (byte | 0x20) - 'a' + 10;
    else
        return false;
    return true;
}

static bool take_size_digit(struct http_body *body, unsigned digit, struct error *error)
{
    if (__builtin_mul_overflow(body->left, 16, &body->left))
        return FAIL_WITH(error, HTTP_ANSWER, "the size of a chunk", digit);
    body->left += digit;
    body->state = CHUNK_SIZE;
    return true;
}

/* A byte behind the digits of a size: up to the end of the line nothing of it matters. */
static void end_size(struct http_body *body, uint8_t byte)
{
    body->state = CHUNK_EXTENSION;
    if (byte == '\n')
        body->state = body->left > 0 ? CHUNK_DATA : TRAILER_START;
}

/* A byte that stands between the data of chunks. Carriage returns belong to the line ends. */
static bool take_framing(struct http_body *body, uint8_t byte, struct error *error)
{
    const bool is_line_end = byte == '\n';
    unsigned digit;

    switch (body->state) {
    case CHUNK_START:
    case CHUNK_SIZE:
        if (is_digit(byte, &digit))
            return take_size_digit(body, digit, error);
        if (body->state == CHUNK_START)
            return FAIL_WITH(error, HTTP_ANSWER, "the first byte of a chunk", byte);
        end_size(body, byte);
        return true;
    case CHUNK_EXTENSION:
        end_size(body, byte);
        return true;
    case CHUNK_DATA_END:
        if (is_line_end)
            body->state = CHUNK_START;
        else if (byte != '\r')
            return FAIL_WITH(error, HTTP_ANSWER, "the byte behind a chunk", byte);
        return true;
    default:
        if (is_line_end)
            body->state = body->state == TRAILER_START ? CHUNKS_COMPLETE : TRAILER_START;
        else if (byte != '\r')
            body->state = TRAILER;
        return true;
    }
}

static bool take_chunks(struct http_body *body, uint8_t *bytes, size_t *length, struct error *error)
{
    size_t taken = 0;

    for (size_t i = 0; i < *length;) {
        if (body->state == CHUNKS_COMPLETE)
            return FAIL_WITH(error, HTTP_ANSWER, "the byte behind the file", bytes[i]);
        if (body->state != CHUNK_DATA) {
            if (!take_framing(body, bytes[i++], error))
                return false;
            continue;
        }
        size_t part = minimum(body->left, *length - i);
        memmove(bytes + taken, bytes + i, part);
        taken += part;
        i += part;
        body->left -= part;
        if (body->left == 0)
            body->state = CHUNK_DATA_END;
    }
    *length = taken;
    return true;
}

bool http_take(struct http_body *body, uint8_t *bytes, size_t *length, struct error *error)
{
    if (body->is_chunked)
        return take_chunks(body, bytes, length, error);
    if (*length > body->left)
        return FAIL_WITH(error, HTTP_ANSWER, "the byte behind the file", bytes[body->left]);
    body->left -= *length;
    return true;
}
