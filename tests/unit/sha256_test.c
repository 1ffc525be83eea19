/* SPDX-License-Identifier: MIT */
#include "base/sha256.h"
#include "base/sha256_blocks.h"

#include <string.h>

#include "base/units.h"
#include "support.h"

static void assert_hash(const void *bytes, size_t length, size_t piece, const char *expected)
{
    struct sha256 hash;
    uint8_t digest[SHA256_SIZE];
    char text[2 * SHA256_SIZE + 1];

    sha256_start(&hash);
    for (size_t done = 0; done < length; done += piece)
        sha256_add(&hash, (const char *)bytes + done, minimum(piece, length - done));
    sha256_finish(&hash, digest);
    for (size_t i = 0; i < SHA256_SIZE; i++) {
        text[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    text[2 * SHA256_SIZE] = '\0';
    assert_string_equal(text, expected);
}

/* FIPS 180-4's own examples (NIST, "SHA-256 Example Values"). */
static void hashes_the_examples(void **state)
{
    static char million[1000000];

    (void)state;
    memset(million, 'a', sizeof(million));
    assert_hash("", 0, 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hash("abc", 3, 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, 56,
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    assert_hash(million, sizeof(million), sizeof(million),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void does_not_depend_on_the_pieces(void **state)
{
    static char million[1000000];
    static const size_t pieces[] = {1, 3, 55, 56, 63, 64, 65, 127, 128, 999, 4096};

    (void)state;
    memset(million, 'a', sizeof(million));
    for (size_t i = 0; i < COUNT_OF(pieces); i++)
        assert_hash(million, sizeof(million), pieces[i],
                    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* Both ways to the same result, over blocks that have nothing to do with each other. */
static void is_the_same_by_instructions(void **state)
{
    static uint8_t blocks[32 * SHA256_BLOCK_SIZE];
    uint32_t slow[8], fast[8], seed = 1;

    (void)state;
    if (!sha256_has_instructions())
        skip();
    for (size_t count = 0; count <= 32; count++) {
        for (size_t i = 0; i < sizeof(blocks); i++)
            blocks[i] = (uint8_t)next_random(&seed);
        for (size_t i = 0; i < 8; i++)
            slow[i] = fast[i] = next_random(&seed);
        sha256_add_blocks(slow, blocks, count);
        sha256_add_blocks_fast(fast, blocks, count);
        assert_memory_equal(slow, fast, sizeof(slow));
    }
}

/* The slow way, where the processor would know a faster one. */
static void hashes_without_instructions(void **state)
{
    static const uint32_t expected[8] = {0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223,
                                         0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad};
    uint8_t block[SHA256_BLOCK_SIZE] = {'a', 'b', 'c', 0x80, [63] = 24};
    struct sha256 hash;

    (void)state;
    sha256_start(&hash);
    sha256_add_blocks(hash.state, block, 1);
    assert_memory_equal(hash.state, expected, sizeof(expected));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_the_examples),
        cmocka_unit_test(does_not_depend_on_the_pieces),
        cmocka_unit_test(is_the_same_by_instructions),
        cmocka_unit_test(hashes_without_instructions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
