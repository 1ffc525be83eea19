/* SPDX-License-Identifier: MIT */
#include "network/tftp.h"

#include "base/string.h"
#include "base/units.h"

enum opcode { REQUEST = 1, DATA = 3, ACKNOWLEDGE = 4, ERROR_PACKET = 5, OPTIONS = 6 };
enum { SERVER_NOT_FOUND = 1, SERVER_REFUSES_OPTIONS = 8 }; /* error codes of the server */

enum {
    HEADER_SIZE = 4,
    REQUEST_SIZE_MAX = 512,    /* RFC 2347 */
    PLAIN_BLOCK_SIZE = 512,    /* without options */
    BLOCK_SIZE_MIN = 8,        /* RFC 2348 */
    FIRST_CAPACITY = 64 << 10, /* where the server does not tell the size */
    STRAYS_MAX = 1000,
};

/* How long to wait for an answer before asking again: 15 seconds in all. */
static const uint32_t waits[] = {1000, 2000, 3000, 4000, 5000};

struct transfer {
    struct tftp_link *link;
    struct tftp_file *file;
    const char *path;
    bool wants_options;
    bool has_begun; /* the server has answered, from `port` */
    bool is_done;
    uint16_t port;
    uint16_t block_size;
    uint16_t window;  /* blocks from one acknowledgement to the next */
    uint16_t pending; /* blocks since the last */
    uint32_t strays;  /* blocks that did not follow, since the last that did */
    uint64_t blocks;  /* received in order */
    size_t length;    /* of the packet */
    uint8_t packet[TFTP_PACKET_SIZE];
};

static uint16_t load_be16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static void store_be16(uint8_t *bytes, uint16_t value)
{
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
}

#define DIGITS_OF(number) #number
#define DIGITS(macro)     DIGITS_OF(macro)

static bool send_request(struct transfer *transfer, struct error *error)
{
    static const char kind[] = "octet";
    static const char options[] = "tsize\0"
                                  "0\0"
                                  "blksize\0" DIGITS(TFTP_BLOCK_SIZE);
    static const char window[] = "windowsize\0" DIGITS(TFTP_WINDOW);
    uint8_t request[REQUEST_SIZE_MAX];
    size_t path_size = strlen(transfer->path) + 1, length = 2;

    if (path_size > sizeof(request) - length - sizeof(kind) - sizeof(options) - sizeof(window))
        return FAIL(error, FILE_NOT_FOUND, 0);
    store_be16(request, REQUEST);
    memcpy(request + length, transfer->path, path_size);
    length += path_size;
    memcpy(request + length, kind, sizeof(kind));
    length += sizeof(kind);
    if (transfer->wants_options) {
        memcpy(request + length, options, sizeof(options));
        length += sizeof(options);
    }
    if (transfer->wants_options && transfer->link->holds_windows) {
        memcpy(request + length, window, sizeof(window));
        length += sizeof(window);
    }
    return transfer->link->send(transfer->link, TFTP_PORT, request, length, error);
}

static bool acknowledge(struct transfer *transfer, struct error *error)
{
    uint8_t packet[HEADER_SIZE];

    store_be16(packet, ACKNOWLEDGE);
    store_be16(packet + 2, (uint16_t)transfer->blocks);
    transfer->pending = 0;
    return transfer->link->send(transfer->link, transfer->port, packet, sizeof(packet), error);
}

static bool ask(struct transfer *transfer, struct error *error)
{
    return transfer->has_begun ? acknowledge(transfer, error) : send_request(transfer, error);
}

/* The next packet of the server's; asks again as long as there is hope. */
static bool receive(struct transfer *transfer, struct error *error)
{
    for (size_t i = 0; i < COUNT_OF(waits); i++) {
        uint16_t port;

        if (i > 0 && !ask(transfer, error))
            return false;
        /* A packet of another transfer is not one of this, but it is a sign of life. */
        while ((transfer->length = transfer->link->receive(transfer->link, waits[i], &port,
                                                           transfer->packet)) > 0) {
            if (transfer->length < HEADER_SIZE || (transfer->has_begun && port != transfer->port))
                continue;
            transfer->port = port;
            return true;
        }
    }
    return FAIL(error, TFTP_NO_ANSWER, transfer->file->size);
}

/* The text at *position, which is behind it afterwards. NULL: it does not end inside the packet. */
static const char *next_text(const struct transfer *transfer, size_t *position)
{
    const uint8_t *start = transfer->packet + *position;
    const uint8_t *end = memchr(start, '\0', transfer->length - *position);

    if (end == NULL)
        return NULL;
    *position += (size_t)(end - start) + 1;
    return (const char *)start;
}

static bool parse_number(const char *text, uint64_t *out)
{
    uint64_t number = 0;

    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || __builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(*text - '0'), &number))
            return false;
    }
    *out = number;
    return true;
}

/* Names of options are not case sensitive (RFC 2347); `name` is in small letters. */
static bool is_option(const char *text, const char *name)
{
    for (; *name != '\0' && (*text | 0x20) == *name; text++)
        name++;
    return *name == '\0' && *text == '\0';
}

static bool take_option(struct transfer *transfer, const char *name, const char *value,
                        struct error *error)
{
    uint64_t number;

    if (!parse_number(value, &number))
        return FAIL_WITH(error, TFTP_ANSWER, name, 0);
    if (is_option(name, "tsize"))
        return number == 0 || transfer->file->grow(transfer->file, number, error);
    if (is_option(name, "blksize") && number >= BLOCK_SIZE_MIN && number <= TFTP_BLOCK_SIZE) {
        transfer->block_size = (uint16_t)number;
        return true;
    }
    if (is_option(name, "windowsize") && number >= 1 && number <= TFTP_WINDOW) {
        transfer->window = (uint16_t)number;
        return true;
    }
    return FAIL_WITH(error, TFTP_ANSWER, name, number);
}

/* The server's answer to the options: those that it takes, before any data. */
static bool take_options(struct transfer *transfer, struct error *error)
{
    size_t position = 2;

    if (transfer->blocks > 0)
        return true; /* once more, late */
    for (; !transfer->has_begun && position < transfer->length;) {
        const char *name = next_text(transfer, &position);
        const char *value = name == NULL ? NULL : next_text(transfer, &position);

        if (value == NULL)
            return FAIL_WITH(error, TFTP_ANSWER, "the list of options", position);
        if (!take_option(transfer, name, value, error))
            return false;
    }
    transfer->has_begun = true;
    return acknowledge(transfer, error);
}

static bool store(struct transfer *transfer, const uint8_t *bytes, size_t length,
                  struct error *error)
{
    struct tftp_file *file = transfer->file;
    uint64_t size = file->size + length;

    if (size > file->capacity &&
        !file->grow(file, maximum(maximum(size, 2 * file->capacity), FIRST_CAPACITY), error))
        return false;
    memcpy(file->bytes + file->size, bytes, length);
    file->size = size;
    return true;
}

static bool take_data(struct transfer *transfer, struct error *error)
{
    size_t length = transfer->length - HEADER_SIZE;

    transfer->has_begun = true;
    if (length > transfer->block_size)
        return FAIL_WITH(error, TFTP_ANSWER, "the length of a block", length);
    /* The number counts on from 0 when it has reached 65535. */
    if (load_be16(transfer->packet + 2) != (uint16_t)(transfer->blocks + 1)) {
        /* One is lost, or an acknowledgement is. One question for all the rest of a window. */
        bool has_asked = transfer->strays++ % transfer->window != 0;

        if (transfer->strays > STRAYS_MAX)
            return FAIL_WITH(error, TFTP_ANSWER, "the number of a block",
                             load_be16(transfer->packet + 2));
        return has_asked || acknowledge(transfer, error);
    }
    if (length > 0 && !store(transfer, transfer->packet + HEADER_SIZE, length, error))
        return false;
    transfer->strays = 0;
    transfer->blocks++;
    transfer->pending++;
    transfer->is_done = length < transfer->block_size;
    return (!transfer->is_done && transfer->pending < transfer->window) ||
           acknowledge(transfer, error);
}

static bool take_error(struct transfer *transfer, struct error *error)
{
    uint16_t code = load_be16(transfer->packet + 2);
    char message[64];
    size_t length = 0;

    if (code == SERVER_REFUSES_OPTIONS && transfer->wants_options) {
        transfer->wants_options = false;
        return send_request(transfer, error);
    }
    if (code == SERVER_NOT_FOUND)
        return FAIL(error, FILE_NOT_FOUND, 0);
    for (size_t i = HEADER_SIZE; i < transfer->length && length < sizeof(message) - 1; i++) {
        char character = (char)transfer->packet[i];

        if (character < ' ' || character > '~')
            break;
        message[length++] = character;
    }
    message[length] = '\0';
    return FAIL_WITH(error, TFTP_REFUSED, message, code);
}

static bool take_packet(struct transfer *transfer, struct error *error)
{
    switch (load_be16(transfer->packet)) {
    case OPTIONS:
        return take_options(transfer, error);
    case DATA:
        return take_data(transfer, error);
    case ERROR_PACKET:
        return take_error(transfer, error);
    default:
        return FAIL_WITH(error, TFTP_ANSWER, "its kind", load_be16(transfer->packet));
    }
}

bool tftp_read(struct tftp_link *link, const char *path, struct tftp_file *file,
               struct error *error)
{
    struct transfer transfer = {
        .link = link,
        .file = file,
        .path = path,
        .wants_options = true,
        .block_size = PLAIN_BLOCK_SIZE,
        .window = 1,
    };

    if (!send_request(&transfer, error))
        return false;
    while (!transfer.is_done) {
        if (!receive(&transfer, error) || !take_packet(&transfer, error))
            return false;
    }
    return true;
}
