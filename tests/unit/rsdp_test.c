/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "format/rsdp.h"

/* Sets the byte at `place` so that the first `length` bytes sum to zero. */
static void balance(uint8_t *bytes, unsigned length, unsigned place)
{
    uint8_t sum = 0;

    bytes[place] = 0;
    for (unsigned i = 0; i < length; i++)
        sum = (uint8_t)(sum + bytes[i]);
    bytes[place] = (uint8_t)-sum;
}

static void make(uint8_t rsdp[64], uint8_t revision, uint32_t length)
{
    for (unsigned i = 0; i < 64; i++)
        rsdp[i] = (uint8_t)(i * 7);
    memcpy(rsdp, "RSD PTR ", 8);
    rsdp[15] = revision;
    memcpy(rsdp + 20, &length, sizeof(length));
    balance(rsdp, 20, 8);
    if (revision >= 2 && length <= 64)
        balance(rsdp, length, 32);
}

static void accepts_both_revisions(void **state)
{
    uint8_t rsdp[64];

    (void)state;
    make(rsdp, 0, 12345);
    assert_true(rsdp_is_valid(rsdp, 20));
    make(rsdp, 2, 36);
    assert_true(rsdp_is_valid(rsdp, 36));
    make(rsdp, 6, 64); /* longer ones may come */
    assert_true(rsdp_is_valid(rsdp, 64));
}

static void refuses_what_is_damaged_or_cut(void **state)
{
    static const uint32_t lengths[] = {0, 19, 20, 35, 37, 65, 0xffffffff};
    uint8_t rsdp[64];

    (void)state;
    make(rsdp, 2, 36);
    for (unsigned i = 0; i < 36; i++) {
        rsdp[i] ^= 0x10;
        assert_false(rsdp_is_valid(rsdp, 36));
        rsdp[i] ^= 0x10;
    }
    for (uint64_t available = 0; available < 36; available++) {
        uint8_t *cut = malloc(available + 1); /* for the sanitizers */

        memcpy(cut, rsdp, available);
        assert_false(rsdp_is_valid(cut, available));
        free(cut);
    }
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        make(rsdp, 2, lengths[i]);
        assert_false(rsdp_is_valid(rsdp, 36));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_both_revisions),
        cmocka_unit_test(refuses_what_is_damaged_or_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
