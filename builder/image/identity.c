/* SPDX-License-Identifier: MIT */
#include "image/identity.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/units.h"

#define FAT_TIME_FIRST UINT64_C(315532800)  /* 1980-01-01 00:00:00 */
#define FAT_TIME_LAST  UINT64_C(4354819198) /* 2107-12-31 23:59:58 */

/* A hash of the contents that differs for each purpose. */
static void derive(const uint8_t contents[SHA256_SIZE], const char *purpose,
                   uint8_t out[SHA256_SIZE])
{
    struct sha256 hash;

    sha256_start(&hash);
    sha256_add(&hash, purpose, strlen(purpose) + 1);
    sha256_add(&hash, contents, SHA256_SIZE);
    sha256_finish(&hash, out);
}

static struct guid derive_guid(const uint8_t contents[SHA256_SIZE], const char *purpose)
{
    uint8_t hash[SHA256_SIZE];
    struct guid guid;

    derive(contents, purpose, hash);
    memcpy(guid.bytes, hash, sizeof(guid.bytes));
    /* RFC 9562: version 8 (made in a way of one's own), variant 10b. The third group is
     * little-endian here, so its upper byte is the second. */
    guid.bytes[7] = (uint8_t)((guid.bytes[7] & 0x0f) | 0x80);
    guid.bytes[8] = (uint8_t)((guid.bytes[8] & 0x3f) | 0x80);
    return guid;
}

static uint32_t derive_number(const uint8_t contents[SHA256_SIZE], const char *purpose)
{
    uint8_t hash[SHA256_SIZE];
    uint32_t number;

    derive(contents, purpose, hash);
    number = load_le32(hash);
    return number != 0 ? number : 1;
}

void identity_derive(const uint8_t contents[SHA256_SIZE], struct identity *out)
{
    memcpy(out->contents, contents, SHA256_SIZE);
    out->disk = derive_guid(contents, "disk");
    out->bios_partition = derive_guid(contents, "BIOS boot partition");
    out->esp = derive_guid(contents, "EFI system partition");
    out->volume_id = derive_number(contents, "volume");
    out->disk_signature = derive_number(contents, "disk signature");
}

struct guid identity_partition(const struct identity *identity, uint32_t index)
{
    char purpose[32];

    snprintf(purpose, sizeof(purpose), "partition %u", index);
    return derive_guid(identity->contents, purpose);
}

bool identity_time(uint64_t *out, struct error *error)
{
    const char *text = getenv("SOURCE_DATE_EPOCH");
    uint64_t seconds = 0;
    char *end;

    if (text != NULL && text[0] != '\0') {
        errno = 0;
        seconds = strtoull(text, &end, 10);
        if (text[strspn(text, "0123456789")] != '\0' || errno != 0) {
            FAIL_WITH(error, SOURCE_DATE, text);
            return error_in(error, "SOURCE_DATE_EPOCH");
        }
    }
    *out = minimum(maximum(seconds, FAT_TIME_FIRST), FAT_TIME_LAST);
    return true;
}
