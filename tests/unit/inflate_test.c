/* SPDX-License-Identifier: MIT */
/* What gzip has packed is unpacked, and everything else refused, without a byte out of bounds. */
#include "format/inflate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc32.h"
#include "base/units.h"
#include "guarded.h"
#include "support.h"

enum { MANY = 400000, PACKED_MAX = MANY + 4096 };

static uint8_t original[MANY], packed[PACKED_MAX];

/* Unpacks between guards on one side. What comes out lies in a block of malloc(); NULL: refused. */
static uint8_t *unpack_guarded(const uint8_t *bytes, size_t size, uint32_t *unpacked_size,
                               enum guarded_side side, struct error *error)
{
    struct guarded copy = guarded_make(size, side);
    uint8_t *result = NULL;

    memcpy(copy.bytes, bytes, size);
    if (gzip_size(copy.bytes, size, unpacked_size, error)) {
        struct guarded room = guarded_make(*unpacked_size, side);

        if (gzip_unpack(copy.bytes, size, room.bytes, error)) {
            result = malloc(*unpacked_size + 1);
            assert_non_null(result);
            memcpy(result, room.bytes, *unpacked_size);
        }
        guarded_free(&room);
    }
    guarded_free(&copy);
    return result;
}

static void assert_unpacks(size_t packed_size, size_t size)
{
    for (int side = GUARDED_BEFORE; side <= GUARDED_AFTER; side++) {
        struct error error;
        uint32_t unpacked;
        uint8_t *result = unpack_guarded(packed, packed_size, &unpacked, side, &error);

        assert_non_null(result);
        assert_int_equal(unpacked, size);
        assert_memory_equal(result, original, size);
        free(result);
    }
}

/* Refused, or else the same as ever: some bits of a header mean nothing for what is unpacked. */
static void assert_refused_or_same(const uint8_t *bytes, size_t packed_size, size_t size,
                                   bool *is_refused)
{
    struct error errors[2] = {{0}};

    for (int side = GUARDED_BEFORE; side <= GUARDED_AFTER; side++) {
        uint32_t unpacked;
        uint8_t *result = unpack_guarded(bytes, packed_size, &unpacked, side, &errors[side]);

        *is_refused = result == NULL;
        if (result != NULL) {
            assert_int_equal(unpacked, size);
            assert_memory_equal(result, original, size);
        }
        free(result);
    }
    assert_int_equal(errors[0].code, errors[1].code);
}

static void assert_refused(size_t packed_size, enum error_code code)
{
    struct error error = {0};
    uint32_t unpacked;

    assert_null(unpack_guarded(packed, packed_size, &unpacked, GUARDED_AFTER, &error));
    assert_error(&error, code);
}

/* By the gzip of this machine. Returns how large it became. */
static size_t pack(size_t size, const char *options)
{
    char command[100];
    size_t packed_size;
    FILE *file = fopen("inflate_test.bytes", "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(original, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    snprintf(command, sizeof(command), "gzip %s -c inflate_test.bytes", options);
    file = popen(command, "r");
    assert_non_null(file);
    packed_size = fread(packed, 1, sizeof(packed), file);
    assert_int_equal(pclose(file), 0);
    remove("inflate_test.bytes");
    return packed_size;
}

enum contents { ZEROS, TEXT, CODE, NOISE, CONTENTS };

static void fill(enum contents contents)
{
    static const char *const words[] = {"kernel ", "loader ", "module ", "boot\n", "a ", "page"};
    uint32_t random = 5;

    for (size_t i = 0; i < MANY; i++) {
        const char *word = words[next_random(&random) % COUNT_OF(words)];

        switch (contents) {
        case TEXT:
            for (; *word != '\0' && i < MANY - 1; word++)
                original[i++] = (uint8_t)*word;
            original[i] = ' ';
            break;
        case CODE: /* few values are frequent, all occur: long codes */
            original[i] = (uint8_t)(__builtin_clz(next_random(&random) | 1) * 7 + i % 3);
            break;
        case NOISE:
            original[i] = (uint8_t)next_random(&random);
            break;
        default:
            original[i] = 0;
        }
    }
}

static void what_gzip_packs_is_unpacked(void **state)
{
    static const size_t sizes[] = {0,   1,     2,     3,     100,   257, 258,
                                   259, 32768, 32769, 65535, 65536, MANY};

    (void)state;
    for (enum contents contents = ZEROS; contents < CONTENTS; contents++) {
        fill(contents);
        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
            assert_unpacks(pack(sizes[i], "-1 -n"), sizes[i]);
            assert_unpacks(pack(sizes[i], "-9 -N"), sizes[i]);
        }
    }
}

/* Each bit of a small file, of fixed codes and of codes of its own. */
static void no_flipped_bit_does_harm(void **state)
{
    static const size_t sizes[] = {60, 3000};

    (void)state;
    fill(TEXT);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        size_t packed_size = pack(sizes[i], "-9 -n");
        unsigned harmless = 0;

        for (size_t bit = 0; bit < packed_size * 8; bit++) {
            bool is_refused;

            packed[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_refused_or_same(packed, packed_size, sizes[i], &is_refused);
            packed[bit / 8] ^= (uint8_t)(1 << bit % 8);
            harmless += !is_refused;
        }
        /* What kind it is, when it was made, how and where; and bits between data and trailer. */
        assert_in_range(harmless, 1 + 32 + 8 + 8, 1 + 32 + 8 + 8 + 7);
    }
}

static void no_part_of_a_file_is_taken_for_it(void **state)
{
    size_t packed_size;

    (void)state;
    fill(TEXT);
    packed_size = pack(3000, "-9 -n");
    for (size_t size = 0; size < packed_size; size++) {
        bool is_refused;

        assert_refused_or_same(packed, size, 3000, &is_refused);
        assert_true(is_refused);
    }
}

static void the_header_may_have_all_that_there_is(void **state)
{
    static const uint8_t extra[] = {4, 0, 'x', 0, 0, 'y'};
    static const char texts[] = "name\0comment";
    uint8_t plain[200];
    size_t size, end = 10;

    (void)state;
    fill(TEXT);
    size = pack(100, "-9 -n");
    assert_true(size < sizeof(plain));
    memcpy(plain, packed, size);
    packed[3] = 4 | 8 | 16 | 2;
    memcpy(packed + end, extra, sizeof(extra));
    end += sizeof(extra);
    memcpy(packed + end, texts, sizeof(texts));
    end += sizeof(texts);
    store_le16(packed + end, (uint16_t)crc32(0, packed, end));
    end += 2;
    memcpy(packed + end, plain + 10, size - 10);
    assert_unpacks(end + size - 10, 100);
    for (size_t length = 0; length < end + size - 10; length++) {
        bool is_refused;

        assert_refused_or_same(packed, length, 100, &is_refused);
        assert_true(is_refused);
    }
    packed[12] ^= 1;
    assert_refused(end + size - 10, ERROR_GZIP_DAMAGED);
}

static void each_lie_has_its_message(void **state)
{
    size_t size;

    (void)state;
    fill(TEXT);
    size = pack(3000, "-9 -n");
    memcpy(packed + size, packed, size);
    assert_refused(2 * size, ERROR_GZIP_TRAILING); /* two files */
    memset(packed + size, 0, 8);
    assert_refused(size + 1, ERROR_GZIP_SIZE); /* the last four bytes are others now */
    store_le32(packed + size - 4, 2999);
    assert_refused(size, ERROR_GZIP_SIZE);
    store_le32(packed + size - 4, 3001);
    assert_refused(size, ERROR_GZIP_SIZE);
    store_le32(packed + size - 4, UINT32_MAX);
    assert_refused(size, ERROR_GZIP_SIZE);
    store_le32(packed + size - 4, 3000);
    packed[size - 5] ^= 1;
    assert_refused(size, ERROR_GZIP_CHECKSUM);
    packed[size - 5] ^= 1;
    packed[2] = 9;
    assert_refused(size, ERROR_GZIP_METHOD);
    packed[2] = 8;
    packed[3] = 32;
    assert_refused(size, ERROR_GZIP_METHOD);
    packed[3] = 0;
    packed[0] = 0x1e;
    assert_refused(size, ERROR_GZIP_NOT_GZIP);
    packed[0] = 0x1f;
    packed[10] = 7;
    assert_refused(size, ERROR_GZIP_DAMAGED); /* a kind of block that there is not */
    assert_refused(17, ERROR_GZIP_TRUNCATED);
}

static void the_name_tells(void **state)
{
    (void)state;
    assert_true(gzip_is_named("/modules/initrd.gz"));
    assert_true(gzip_is_named("a.gz"));
    assert_false(gzip_is_named(""));
    assert_false(gzip_is_named("gz"));
    assert_false(gzip_is_named(".gz"));
    assert_false(gzip_is_named("/modules/.gz"));
    assert_false(gzip_is_named("/modules.gz/initrd"));
    assert_false(gzip_is_named("/initrd.gzip"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_gzip_packs_is_unpacked),
        cmocka_unit_test(no_flipped_bit_does_harm),
        cmocka_unit_test(no_part_of_a_file_is_taken_for_it),
        cmocka_unit_test(the_header_may_have_all_that_there_is),
        cmocka_unit_test(each_lie_has_its_message),
        cmocka_unit_test(the_name_tells),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
