/* SPDX-License-Identifier: MIT */
#include "image/fingerprint.h"

#include <string.h>
#include <xxhash.h>

#include "system/content.h"

static void add_window(void *context, const void *bytes, size_t size)
{
    XXH3_128bits_update(context, bytes, size);
}

bool fingerprint_reader(struct reader *reader, struct fingerprint *out, struct error *error)
{
    XXH3_state_t *state = XXH3_createState();
    bool is_read;

    if (state == NULL)
        return FAIL(error, HOST_MEMORY);
    XXH3_128bits_reset(state);
    is_read = read_all(reader, add_window, state, error);
    if (is_read) {
        XXH128_canonical_t canonical; /* the same on any processor */

        XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state));
        memcpy(out->bytes, canonical.digest, sizeof(out->bytes));
    }
    XXH3_freeState(state);
    return is_read;
}

bool fingerprints_equal(const struct fingerprint *a, const struct fingerprint *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}
