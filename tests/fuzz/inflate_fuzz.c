/* SPDX-License-Identifier: MIT */
/* A gzip file. */
#include "format/inflate.h"

#include "../unit/guarded.h"
#include "base/bytes.h"
#include "base/crc32.h"
#include "fuzz.h"

/* Unpacks with guards on one side. What comes out lies in a block of malloc(); NULL: refused. */
static uint8_t *unpack_guarded(const uint8_t *data, size_t size, uint32_t *unpacked,
                               enum guarded_side side)
{
    struct guarded packed = guarded_make(size, side);
    uint8_t *result = NULL;
    struct error error;

    if (size > 0)
        memcpy(packed.bytes, data, size);
    if (gzip_size(packed.bytes, size, unpacked, &error)) {
        struct guarded room = guarded_make(*unpacked, side);

        if (gzip_unpack(packed.bytes, size, room.bytes, &error)) {
            result = malloc((size_t)*unpacked + 1);
            EXPECT(result != NULL);
            memcpy(result, room.bytes, *unpacked);
        } else {
            expect_error(&error);
        }
        guarded_free(&room);
    } else {
        expect_error(&error);
    }
    guarded_free(&packed);
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t first_size, second_size;
    uint8_t *first = unpack_guarded(data, size, &first_size, GUARDED_BEFORE);
    uint8_t *second = unpack_guarded(data, size, &second_size, GUARDED_AFTER);

    EXPECT((first == NULL) == (second == NULL));
    if (first != NULL) {
        EXPECT(first_size == second_size && first_size == load_le32(data + size - 4));
        EXPECT(memcmp(first, second, first_size) == 0);
        EXPECT(crc32(0, first, first_size) == load_le32(data + size - 8));
    }
    free(first);
    free(second);
    return 0;
}
