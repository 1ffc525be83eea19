/* SPDX-License-Identifier: MIT */
#include "system/content.h"

#include <string.h>

#include "base/units.h"
#include "listener.h"
#include "system/host_file.h"

static bool read_content(struct reader *reader, uint64_t offset, uint64_t length, void *to,
                         struct error *error)
{
    struct content *content = (struct content *)reader;
    uint64_t start = 0; /* of the piece */

    for (size_t i = 0; i < content->count && length > 0; i++) {
        const struct content_piece *piece = &content->pieces[i];

        if (offset < start + piece->length) {
            uint64_t inside = offset - start;
            uint64_t part = minimum(piece->length - inside, length);

            if (piece->fd < 0)
                memcpy(to, (const char *)piece->bytes + inside, part);
            else if (!host_read(piece->fd, piece->offset + inside, part, to, error))
                return false;
            to = (char *)to + part;
            offset += part;
            length -= part;
        }
        start += piece->length;
    }
    return true;
}

void content_init(struct content *content)
{
    *content = (struct content){.reader = {.read = read_content}};
}

static bool add(struct content *content, struct content_piece piece)
{
    if (piece.length == 0)
        return true;
    if (content->count == CONTENT_PIECES_MAX)
        return false;
    content->pieces[content->count++] = piece;
    content->reader.size += piece.length;
    return true;
}

bool content_add_file(struct content *content, int fd, uint64_t offset, uint64_t length)
{
    return add(content, (struct content_piece){.length = length, .fd = fd, .offset = offset});
}

bool content_add_bytes(struct content *content, const void *bytes, uint64_t length)
{
    return add(content, (struct content_piece){.length = length, .fd = -1, .bytes = bytes});
}

bool read_all(struct reader *reader, void (*use)(void *context, const void *bytes, size_t size),
              void *context, struct error *error)
{
    static uint8_t window[256 * KIB];

    for (uint64_t offset = 0; offset < reader->size;) {
        uint64_t part = minimum(reader->size - offset, sizeof(window));

        if (!reader_read(reader, offset, part, window, error))
            return false;
        use(context, window, part);
        offset += part;
        listener_progress(part);
    }
    return true;
}

static void add_window(void *context, const void *bytes, size_t size)
{
    sha256_add(context, bytes, size);
}

bool hash_reader(struct reader *reader, uint8_t out[SHA256_SIZE], struct error *error)
{
    struct sha256 hash;

    sha256_start(&hash);
    if (!read_all(reader, add_window, &hash, error))
        return false;
    sha256_finish(&hash, out);
    return true;
}
