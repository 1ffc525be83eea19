/* SPDX-License-Identifier: MIT */
/* Stage 2 unpacks what liblz4 has packed, and survives everything else. */
#include "stage2/unpack.h"

#include <lz4hc.h>
#include <stdlib.h>
#include <string.h>

#include "guarded.h"
#include "support.h"

enum { MANY = 300000 }; /* more than stage 3 can have; lengths that take more than one byte */

static uint8_t original[MANY], block[LZ4_COMPRESSBOUND(MANY)];
static uint32_t seed = 1;

/* Unpacks with guards on one side of the block and of the room. The room is left for the caller. */
static bool unpack_guarded(const uint8_t *bytes, size_t block_size, size_t size,
                           enum guarded_side side, struct guarded *room)
{
    struct guarded copy = guarded_make(block_size, side);
    bool is_unpacked;

    *room = guarded_make(size, side);
    memcpy(copy.bytes, bytes, block_size);
    is_unpacked = unpack(copy.bytes, block_size, room->bytes, size);
    guarded_free(&copy);
    return is_unpacked;
}

static void assert_unpacks(const uint8_t *bytes, size_t block_size, const void *expected,
                           size_t size)
{
    for (int side = GUARDED_BEFORE; side <= GUARDED_AFTER; side++) {
        struct guarded room;

        assert_true(unpack_guarded(bytes, block_size, size, side, &room));
        assert_memory_equal(room.bytes, expected, size);
        guarded_free(&room);
    }
}

static bool is_unpacked_on_both_sides(const uint8_t *bytes, size_t block_size, size_t size)
{
    bool results[2];

    for (int side = GUARDED_BEFORE; side <= GUARDED_AFTER; side++) {
        struct guarded room;

        results[side] = unpack_guarded(bytes, block_size, size, side, &room);
        guarded_free(&room);
    }
    assert_int_equal(results[0], results[1]);
    return results[0];
}

static void assert_refused(const uint8_t *bytes, size_t block_size, size_t size)
{
    assert_false(is_unpacked_on_both_sides(bytes, block_size, size));
}

static size_t pack(size_t size, int level)
{
    int packed =
        LZ4_compress_HC((const char *)original, (char *)block, (int)size, sizeof(block), level);

    assert_true(packed > 0);
    return (size_t)packed;
}

static void assert_round_trip(size_t size)
{
    for (int level = LZ4HC_CLEVEL_MIN; level <= LZ4HC_CLEVEL_MAX; level += 3)
        assert_unpacks(block, pack(size, level), original, size);
}

static void fill_random(size_t size)
{
    for (size_t i = 0; i < size; i++)
        original[i] = (uint8_t)(next_random(&seed) >> 16);
}

static void fill_text(size_t size)
{
    static const char *const words[] = {"tied ", "to ", "its ", "mooring, ", "and ", "slips\n"};
    size_t done = 0;

    while (done < size) {
        const char *word = words[(next_random(&seed) >> 16) % 6];

        for (; *word != '\0' && done < size; word++)
            original[done++] = (uint8_t)*word;
    }
}

static void test_round_trips(void **state)
{
    static const size_t sizes[] = {1, 4, 12, 13, 14, 15, 18, 19, 20, 269, 270, 271, 4096, MANY};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        fill_random(sizes[i]); /* literals only */
        assert_round_trip(sizes[i]);
        fill_text(sizes[i]);
        assert_round_trip(sizes[i]);
        memset(original, 'x', sizes[i]); /* one match that overlaps what it makes */
        assert_round_trip(sizes[i]);
        for (size_t at = 0; at < sizes[i]; at++)
            original[at] = (uint8_t)(at % 7);
        assert_round_trip(sizes[i]);
    }
}

/* Both the file and liblz4's own way back, which is not ours. */
static void test_stage3(void **state)
{
    uint64_t size, packed_size;
    uint8_t *stage = load_file(STAGE3, &size), *packed = load_file(STAGE3_PACKED, &packed_size);
    char *unpacked = malloc(size);

    (void)state;
    assert_unpacks(packed, packed_size, stage, size);
    assert_int_equal(
        LZ4_decompress_safe((const char *)packed, unpacked, (int)packed_size, (int)size), size);
    assert_memory_equal(unpacked, stage, size);
    free(unpacked);
    free(packed);
    free(stage);
}

/* By hand, after the description of the format. */
static void test_format(void **state)
{
    static const uint8_t literals[] = {0x30, 'a', 'b', 'c'};
    static const uint8_t match[] = {0x20, 'a', 'b', 2, 0, 0x10, 'z'};
    static const uint8_t long_match[] = {0x1f, 'a', 1, 0, 255, 0, 0x00};
    static const uint8_t nothing[] = {0x00};
    char run[1 + 15 + 255 + 4];

    (void)state;
    memset(run, 'a', sizeof(run));
    assert_unpacks(literals, sizeof(literals), "abc", 3);
    assert_unpacks(match, sizeof(match), "abababz", 7);
    assert_unpacks(long_match, sizeof(long_match), run, sizeof(run));
    assert_unpacks(nothing, sizeof(nothing), "", 0);
}

static void test_damage_by_hand(void **state)
{
    static const uint8_t literals[] = {0x30, 'a', 'b', 'c'};
    static const uint8_t match[] = {0x20, 'a', 'b', 2, 0, 0x10, 'z'};
    static const uint8_t offset_zero[] = {0x20, 'a', 'b', 0, 0, 0x10, 'z'};
    static const uint8_t before_the_start[] = {0x20, 'a', 'b', 3, 0, 0x10, 'z'};
    static const uint8_t far_before_the_start[] = {0x20, 'a', 'b', 0xff, 0xff, 0x10, 'z'};
    static const uint8_t ends_with_match[] = {0x20, 'a', 'b', 2, 0};
    static const uint8_t half_an_offset[] = {0x20, 'a', 'b', 2};
    static const uint8_t no_length[] = {0xf0};
    static const uint8_t no_match_length[] = {0x1f, 'a', 1, 0};
    static const uint8_t endless_length[] = {0xf0, 255, 255, 255, 255, 255, 255, 255};

    (void)state;
    assert_refused(literals, 0, 0);
    assert_refused(literals, sizeof(literals), 2);
    assert_refused(literals, sizeof(literals), 4);
    assert_refused(match, sizeof(match), 3); /* the match ends behind the room */
    assert_refused(match, sizeof(match), 5);
    assert_refused(match, sizeof(match), 6);
    assert_refused(match, sizeof(match), 8);
    assert_refused(offset_zero, sizeof(offset_zero), 7);
    assert_refused(before_the_start, sizeof(before_the_start), 7);
    assert_refused(far_before_the_start, sizeof(far_before_the_start), 7);
    assert_refused(ends_with_match, sizeof(ends_with_match), 6);
    assert_refused(half_an_offset, sizeof(half_an_offset), 6);
    assert_refused(no_length, sizeof(no_length), 15);
    assert_refused(no_match_length, sizeof(no_match_length), 20);
    assert_refused(endless_length, sizeof(endless_length), MANY);
}

static void test_truncated(void **state)
{
    enum { SIZE = 2000 };
    size_t size;

    (void)state;
    fill_text(SIZE);
    size = pack(SIZE, LZ4HC_CLEVEL_MAX);
    for (size_t shorter = 0; shorter < size; shorter++)
        assert_refused(block, shorter, SIZE);
    assert_refused(block, size, SIZE - 1);
    assert_refused(block, size, SIZE + 1);
    block[size] = 0;
    assert_refused(block, size + 1, SIZE);
}

/* A flipped bit may make other bytes, but never reads or writes elsewhere: the guards notice. */
static void test_flipped_bits(void **state)
{
    enum { SIZE = 2000 };
    size_t size, refused = 0;

    (void)state;
    fill_text(SIZE);
    size = pack(SIZE, LZ4HC_CLEVEL_MAX);
    for (size_t bit = 0; bit < size * 8; bit++) {
        block[bit / 8] ^= (uint8_t)(1 << bit % 8);
        refused += !is_unpacked_on_both_sides(block, size, SIZE);
        block[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_true(refused > size); /* lengths and many offsets */
    assert_true(is_unpacked_on_both_sides(block, size, SIZE));
}

static void test_noise(void **state)
{
    (void)state;
    for (int round = 0; round < 20000; round++) {
        size_t block_size = (next_random(&seed) >> 16) % 64;

        for (size_t i = 0; i < block_size; i++)
            block[i] = (uint8_t)(next_random(&seed) >> 16);
        if (round % 2 == 0 && block_size > 3)
            block[2] = block[3] = 0; /* small offsets are the ones that are followed */
        is_unpacked_on_both_sides(block, block_size, (next_random(&seed) >> 16) % 256);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trips), cmocka_unit_test(test_stage3),
        cmocka_unit_test(test_format),      cmocka_unit_test(test_damage_by_hand),
        cmocka_unit_test(test_truncated),   cmocka_unit_test(test_flipped_bits),
        cmocka_unit_test(test_noise),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
