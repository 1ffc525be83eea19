/* SPDX-License-Identifier: MIT */
#include "format/inflate.h"

#include "base/bytes.h"
#include "base/crc32.h"
#include "base/string.h"
#include "base/units.h"

/* ---- Bits ---- */

/* What has been read and not been used, the next bit lowest. */
struct bits {
    const uint8_t *next;
    const uint8_t *end;
    uint64_t buffer; /* 0 above `count` */
    unsigned count;
};

/* Whatever follows, a length with its distance is the longest: 15 + 5 + 15 + 13 bits. */
static void refill(struct bits *bits)
{
    while (bits->count <= 56 && bits->next != bits->end) {
        bits->buffer |= (uint64_t)*bits->next++ << bits->count;
        bits->count += 8;
    }
}

/* Behind the end all bits are 0, and false says so. */
static bool take(struct bits *bits, unsigned count, uint32_t *out)
{
    *out = (uint32_t)(bits->buffer & ((UINT64_C(1) << count) - 1));
    bits->buffer >>= count;
    bits->count -= count;
    return bits->count <= 64;
}

/* ---- Codes: RFC 1951, 3.2.2 ---- */

enum { CODE_BITS_MAX = 15, FAST_BITS = 9, SYMBOLS_MAX = 288, DISTANCES = 30, LENGTHS = 29 };

struct code {
    uint16_t fast[1 << FAST_BITS];     /* by the next bits: symbol << 4 | length; 0: longer */
    uint16_t count[CODE_BITS_MAX + 1]; /* of codes with this length */
    uint16_t symbols[SYMBOLS_MAX];     /* in the order of their codes */
};

static uint32_t reversed(uint32_t value, unsigned count)
{
    uint32_t result = 0;

    for (; count > 0; count--, value >>= 1)
        result = result << 1 | (value & 1);
    return result;
}

/*
 * Makes the code that the lengths of its symbols describe; length 0: the symbol does not occur.
 * False: they describe none. A code that is not complete has one symbol of one bit, or none.
 */
static bool make_code(struct code *code, const uint8_t *lengths, unsigned symbols)
{
    uint16_t next[CODE_BITS_MAX + 1], place[CODE_BITS_MAX + 1];
    uint32_t first = 0, used = 0;

    memset(code, 0, sizeof(*code));
    for (unsigned i = 0; i < symbols; i++)
        code->count[lengths[i]]++;
    code->count[0] = 0;
    for (unsigned length = 1; length <= CODE_BITS_MAX; length++) {
        first = (first + code->count[length - 1]) << 1;
        next[length] = (uint16_t)first;
        place[length] = (uint16_t)used;
        used += code->count[length];
        if (first + code->count[length] > UINT32_C(1) << length)
            return false;
    }
    if (first + code->count[CODE_BITS_MAX] != 1 << CODE_BITS_MAX && used > 0 &&
        (used > 1 || code->count[1] == 0))
        return false;
    for (unsigned i = 0; i < symbols; i++) {
        unsigned length = lengths[i];

        if (length == 0)
            continue;
        code->symbols[place[length]++] = (uint16_t)i;
        for (uint32_t bits = reversed(next[length]++, length);
             length <= FAST_BITS && bits < COUNT_OF(code->fast); bits += UINT32_C(1) << length)
            code->fast[bits] = (uint16_t)(i << 4 | length);
    }
    return true;
}

/* A code of more than FAST_BITS, bit by bit. */
static unsigned decode_long(const struct code *code, uint64_t bits, unsigned *length)
{
    uint32_t value = 0, first = 0, index = 0;

    for (unsigned i = 1; i <= CODE_BITS_MAX; i++, bits >>= 1) {
        value = value << 1 | (bits & 1);
        first <<= 1;
        if (value - first < code->count[i]) {
            *length = i;
            return code->symbols[index + value - first];
        }
        first += code->count[i];
        index += code->count[i];
    }
    *length = 0;
    return SYMBOLS_MAX;
}

/* SYMBOLS_MAX: no code begins like this. */
static unsigned decode(struct bits *bits, const struct code *code)
{
    unsigned entry = code->fast[bits->buffer % COUNT_OF(code->fast)];
    unsigned length = entry & 15, symbol = entry >> 4;

    if (entry == 0)
        symbol = decode_long(code, bits->buffer, &length);
    bits->buffer >>= length;
    bits->count -= length;
    return symbol;
}

/* ---- Blocks: RFC 1951, 3.2.3 ---- */

struct unpacking {
    struct bits bits;
    const uint8_t *packed; /* the file, for messages */
    uint8_t *start;        /* of the room */
    uint8_t *out;          /* what comes next in it */
    uint8_t *end;
    struct code literals, distances;
};

static bool fail_damaged(const struct unpacking *unpacking, const char *what, struct error *error)
{
    const struct bits *bits = &unpacking->bits;

    if (bits->count > 64 || (bits->next == bits->end && bits->count < CODE_BITS_MAX))
        return FAIL(error, GZIP_TRUNCATED);
    return FAIL_WITH(error, GZIP_DAMAGED, what,
                     (uint64_t)(bits->next - unpacking->packed) - bits->count / 8);
}

static bool fail_size(const struct unpacking *unpacking, const char *how, struct error *error)
{
    return FAIL_WITH(error, GZIP_SIZE, how, (uint64_t)(unpacking->end - unpacking->start));
}

static bool copy_stored(struct unpacking *unpacking, struct error *error)
{
    struct bits *bits = &unpacking->bits;
    uint32_t length, complement, rest;

    if (!take(bits, bits->count % 8, &rest) || !take(bits, 16, &length) ||
        !take(bits, 16, &complement) || length != (complement ^ 0xffff))
        return fail_damaged(unpacking, "a length", error);
    bits->next -= bits->count / 8;
    bits->buffer = bits->count = 0;
    if (length > (size_t)(bits->end - bits->next))
        return FAIL(error, GZIP_TRUNCATED);
    if (length > (size_t)(unpacking->end - unpacking->out))
        return fail_size(unpacking, "more", error);
    memcpy(unpacking->out, bits->next, length);
    bits->next += length;
    unpacking->out += length;
    return true;
}

/* What was written `distance` bytes ago, again; it may overlap what it becomes. RFC 1951, 3.2.5. */
static bool copy_match(struct unpacking *unpacking, unsigned symbol, struct error *error)
{
    struct bits *bits = &unpacking->bits;
    unsigned extra = symbol < 8 || symbol == LENGTHS - 1 ? 0 : symbol / 4 - 1;
    uint32_t length = symbol == LENGTHS - 1 ? 258 : 3 + symbol, distance, more;

    if (extra > 0)
        length = 3 + ((4 + symbol % 4) << extra);
    take(bits, extra, &more);
    length += more;
    symbol = decode(bits, &unpacking->distances);
    if (symbol >= DISTANCES)
        return fail_damaged(unpacking, "a distance", error);
    extra = symbol < 4 ? 0 : symbol / 2 - 1;
    distance = symbol < 4 ? 1 + symbol : 1 + ((2 + symbol % 2) << extra);
    if (!take(bits, extra, &more) || distance + more > (size_t)(unpacking->out - unpacking->start))
        return fail_damaged(unpacking, "a distance", error);
    if (length > (size_t)(unpacking->end - unpacking->out))
        return fail_size(unpacking, "more", error);
    for (const uint8_t *from = unpacking->out - distance - more; length > 0; length--)
        *unpacking->out++ = *from++;
    return true;
}

static bool unpack_symbols(struct unpacking *unpacking, struct error *error)
{
    enum { END_OF_BLOCK = 256 };

    for (;;) {
        refill(&unpacking->bits);
        unsigned symbol = decode(&unpacking->bits, &unpacking->literals);

        if (unpacking->bits.count > 64 || symbol > END_OF_BLOCK + LENGTHS)
            return fail_damaged(unpacking, "a code", error);
        if (symbol == END_OF_BLOCK)
            return true;
        if (symbol > END_OF_BLOCK) {
            if (!copy_match(unpacking, symbol - END_OF_BLOCK - 1, error))
                return false;
        } else if (unpacking->out == unpacking->end) {
            return fail_size(unpacking, "more", error);
        } else {
            *unpacking->out++ = (uint8_t)symbol;
        }
    }
}

/* RFC 1951, 3.2.6. */
static void make_fixed_codes(struct unpacking *unpacking)
{
    uint8_t lengths[SYMBOLS_MAX];

    memset(lengths, 8, 144);
    memset(lengths + 144, 9, 256 - 144);
    memset(lengths + 256, 7, 280 - 256);
    memset(lengths + 280, 8, SYMBOLS_MAX - 280);
    make_code(&unpacking->literals, lengths, SYMBOLS_MAX);
    memset(lengths, 5, 32);
    make_code(&unpacking->distances, lengths, 32);
}

/* Lengths, packed by a code of their own. RFC 1951, 3.2.7. */
static bool read_lengths(struct unpacking *unpacking, uint8_t *lengths, unsigned count,
                         struct error *error)
{
    static const uint8_t base[3] = {3, 3, 11}, extra[3] = {2, 3, 7};

    for (unsigned i = 0; i < count;) {
        refill(&unpacking->bits);
        unsigned symbol = decode(&unpacking->bits, &unpacking->literals), repeated = 0;
        uint32_t times = 0;

        if (symbol < 16) {
            lengths[i++] = (uint8_t)symbol;
            continue;
        }
        if (symbol > 18 || (symbol == 16 && i == 0) ||
            !take(&unpacking->bits, extra[symbol - 16], &times))
            return fail_damaged(unpacking, "the length of a code", error);
        if (symbol == 16)
            repeated = lengths[i - 1];
        times += base[symbol - 16];
        if (times > count - i)
            return fail_damaged(unpacking, "the number of codes", error);
        memset(lengths + i, (int)repeated, times);
        i += times;
    }
    return true;
}

static bool read_codes(struct unpacking *unpacking, struct error *error)
{
    static const uint8_t order[19] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                      11, 4,  12, 3, 13, 2, 14, 1, 15};
    struct bits *bits = &unpacking->bits;
    uint8_t lengths[SYMBOLS_MAX + 32] = {0};
    uint32_t literals, distances, count, length;

    take(bits, 5, &literals);
    take(bits, 5, &distances);
    take(bits, 4, &count);
    literals += 257;
    distances += 1;
    for (unsigned i = 0; i < count + 4; i++) {
        refill(bits);
        take(bits, 3, &length);
        lengths[order[i]] = (uint8_t)length;
    }
    if (bits->count > 64 || literals > 257 + LENGTHS || distances > DISTANCES ||
        !make_code(&unpacking->literals, lengths, COUNT_OF(order)))
        return fail_damaged(unpacking, "a table of codes", error);
    if (!read_lengths(unpacking, lengths, literals + distances, error))
        return false;
    if (bits->count > 64 || !make_code(&unpacking->literals, lengths, literals) ||
        !make_code(&unpacking->distances, lengths + literals, distances))
        return fail_damaged(unpacking, "a table of codes", error);
    return true;
}

static bool unpack_block(struct unpacking *unpacking, bool *is_last, struct error *error)
{
    enum { STORED, FIXED, DYNAMIC };
    uint32_t last, kind;

    refill(&unpacking->bits);
    if (!take(&unpacking->bits, 1, &last) || !take(&unpacking->bits, 2, &kind))
        return FAIL(error, GZIP_TRUNCATED);
    *is_last = last;
    switch (kind) {
    case STORED:
        return copy_stored(unpacking, error);
    case FIXED:
        make_fixed_codes(unpacking);
        return unpack_symbols(unpacking, error);
    case DYNAMIC:
        return read_codes(unpacking, error) && unpack_symbols(unpacking, error);
    default:
        return fail_damaged(unpacking, "the kind of a block", error);
    }
}

/* ---- The file: RFC 1952 ---- */

enum { HEADER_SIZE = 10, TRAILER_SIZE = 8, DEFLATE = 8 };
enum { HAS_CRC = 2, HAS_EXTRA = 4, HAS_NAME = 8, HAS_COMMENT = 16, FLAGS_KNOWN = 31 };

/* No code is shorter than two bits, and none stands for more than 258 bytes. */
enum { RATIO_MAX = 258 * 4 };

bool gzip_is_named(const char *path)
{
    size_t length = strlen(path), suffix = strlen(GZIP_SUFFIX);

    return length > suffix && path[length - suffix - 1] != '/' &&
           memcmp(path + length - suffix, GZIP_SUFFIX, suffix) == 0;
}

/* Ends behind the next 0 at `position`, if there is one. */
static size_t skip_text(const uint8_t *bytes, size_t size, size_t position)
{
    while (position < size && bytes[position] != 0)
        position++;
    return position + 1;
}

/* *out: where the packed data begins, with room for the trailer behind it. */
static bool read_header(const uint8_t *bytes, size_t size, size_t *out, struct error *error)
{
    size_t position = HEADER_SIZE;

    if (size < HEADER_SIZE + TRAILER_SIZE)
        return FAIL(error, GZIP_TRUNCATED);
    if (bytes[0] != 0x1f || bytes[1] != 0x8b)
        return FAIL(error, GZIP_NOT_GZIP, (uint64_t)bytes[0] << 8 | bytes[1]);
    if (bytes[2] != DEFLATE || bytes[3] & ~FLAGS_KNOWN)
        return FAIL(error, GZIP_METHOD, bytes[2], bytes[3]);
    size -= TRAILER_SIZE;
    if (bytes[3] & HAS_EXTRA)
        position += position + 2 <= size ? 2u + load_le16(bytes + position) : 2;
    if (bytes[3] & HAS_NAME)
        position = skip_text(bytes, size, position);
    if (bytes[3] & HAS_COMMENT)
        position = skip_text(bytes, size, position);
    if (bytes[3] & HAS_CRC) {
        if (position + 2 <= size &&
            load_le16(bytes + position) != (crc32(0, bytes, position) & 0xffff))
            return FAIL_WITH(error, GZIP_DAMAGED, "the checksum of its header", position);
        position += 2;
    }
    if (position > size)
        return FAIL(error, GZIP_TRUNCATED);
    *out = position;
    return true;
}

bool gzip_size(const void *packed, size_t size, uint32_t *unpacked, struct error *error)
{
    const uint8_t *bytes = packed;
    size_t start;

    if (!read_header(bytes, size, &start, error))
        return false;
    uint32_t promised = load_le32(bytes + size - 4);
    if (promised / RATIO_MAX > size)
        return FAIL_WITH(error, GZIP_SIZE, "less", promised);
    *unpacked = promised;
    return true;
}

bool gzip_unpack(const void *packed, size_t size, void *room, struct error *error)
{
    struct unpacking unpacking = {.packed = packed, .start = room, .out = room};
    const uint8_t *bytes = packed;
    bool is_last = false;
    size_t start;

    if (!read_header(bytes, size, &start, error))
        return false;
    const uint8_t *trailer = bytes + size - TRAILER_SIZE;
    unpacking.bits = (struct bits){bytes + start, trailer, 0, 0};
    unpacking.end = unpacking.start + load_le32(trailer + 4);
    while (!is_last) {
        if (!unpack_block(&unpacking, &is_last, error))
            return false;
    }
    const uint8_t *behind = unpacking.bits.next - unpacking.bits.count / 8;
    if (behind != trailer)
        return FAIL(error, GZIP_TRAILING, (uint64_t)(trailer - behind));
    if (unpacking.out != unpacking.end)
        return fail_size(&unpacking, "less", error);
    uint32_t crc = crc32(0, room, (size_t)(unpacking.out - unpacking.start));
    if (crc != load_le32(trailer))
        return FAIL(error, GZIP_CHECKSUM, crc, load_le32(trailer));
    return true;
}
