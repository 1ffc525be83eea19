/* SPDX-License-Identifier: MIT */
#include "image/seal.h"

#include <string.h>

#include "base/bytes.h"
#include "base/crc32.h"
#include "kernel/pe_file.h"

void seal_make(const uint8_t (*hashes)[SHA256_SIZE], uint32_t count, struct seal *out)
{
    *out = (struct seal){.magic = SEAL_MAGIC, .count = count};
    for (uint32_t i = 0; i < count; i++)
        memcpy(out->sha256[i], hashes[i], SHA256_SIZE);
    out->crc32 = crc32(0, out, offsetof(struct seal, crc32));
}

bool seal_find(const uint8_t *application, size_t size, size_t *offset)
{
    struct pe_file file;
    size_t length;

    return pe_read(application, size, &file) &&
           pe_find_section(application, size, &file, ".seal", offset, &length) &&
           length >= sizeof(struct seal);
}

bool seal_application(const struct seal *seal, uint8_t *application, size_t size,
                      struct error *error)
{
    struct pe_file file;
    size_t offset;

    if (!pe_read(application, size, &file) || !seal_find(application, size, &offset))
        return FAIL_WITH(error, HOST_STAGE, "UEFI application (it has no seal area)", size, size);
    memcpy(application + offset, seal, sizeof(*seal));
    store_le32(application + file.checksum, pe_checksum(application, size, &file));
    return true;
}
