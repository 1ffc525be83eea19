/* SPDX-License-Identifier: MIT */
/* The first two bytes are the size of the room, as a little-endian number; the block follows. */
#include "stage2/unpack.h"

#include <lz4.h>

#include "../unit/guarded.h"
#include "base/bytes.h"
#include "fuzz.h"

/* Unpacks with guards on one side. What comes out lies in a block of malloc(); NULL: refused. */
static uint8_t *unpack_guarded(const uint8_t *data, size_t size, size_t room_size,
                               enum guarded_side side)
{
    struct guarded block = guarded_make(size, side), room = guarded_make(room_size, side);
    uint8_t *result = NULL;

    if (size > 0)
        memcpy(block.bytes, data, size);
    if (unpack(block.bytes, size, room.bytes, room_size)) {
        result = malloc(room_size + 1);
        EXPECT(result != NULL);
        memcpy(result, room.bytes, room_size);
    }
    guarded_free(&block);
    guarded_free(&room);
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char theirs[UINT16_MAX + 1];
    uint8_t *first, *second;
    size_t room;

    if (size < 2)
        return 0;
    room = load_le16(data);
    data += 2;
    size -= 2;
    first = unpack_guarded(data, size, room, GUARDED_BEFORE);
    second = unpack_guarded(data, size, room, GUARDED_AFTER);
    EXPECT((first == NULL) == (second == NULL));
    if (first != NULL) {
        EXPECT(memcmp(first, second, room) == 0);
        /* liblz4 refuses some valid blocks: it has rules of its own for the last bytes. */
        if (LZ4_decompress_safe((const char *)data, theirs, (int)size, (int)room) == (int)room)
            EXPECT(memcmp(first, theirs, room) == 0);
    }
    free(first);
    free(second);
    return 0;
}
