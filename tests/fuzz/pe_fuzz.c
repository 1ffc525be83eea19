/* SPDX-License-Identifier: MIT */
#include "kernel/pe_file.h"

#include "format/seal.h"
#include "fuzz.h"
#include "image/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct seal empty = SEAL_EMPTY;
    struct pe_file file;
    struct error error;
    size_t offset;

    if (!pe_read(data, size, &file)) {
        EXPECT(!seal_find(data, size, &offset));
        return 0;
    }
    EXPECT(file.machine + 2 <= size && file.subsystem + 2 <= size && file.checksum + 4 <= size);
    pe_checksum(data, size, &file);
    if (!seal_find(data, size, &offset))
        return 0;
    EXPECT(offset <= size && sizeof(empty) <= size - offset);

    uint8_t *copy = malloc(size);

    EXPECT(copy != NULL);
    memcpy(copy, data, size);
    EXPECT(seal_application(&empty, copy, size, &error));
    free(copy);
    return 0;
}
