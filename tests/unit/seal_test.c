/* SPDX-License-Identifier: MIT */
/* Seals, as mkimage writes and the loader reads them. tests/boot/seal-test.sh boots by them. */
#include "image/seal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc32.h"
#include "format/config.h"
#include "guarded.h"
#include "kernel/pe_file.h"
#include "support.h"

#define HASH "sha256 00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f\n"

static const uint8_t hashes[][SHA256_SIZE] = {{1, 2, 3}, {4, 5, 6}};
static const uint8_t other[SHA256_SIZE] = {7, 8, 9};

static bool is_whole(const struct seal *seal)
{
    struct error error = {0};

    if (seal_check(seal, &error))
        return true;
    assert_error(&error, ERROR_SEAL_DAMAGED);
    return false;
}

static bool takes(const struct seal *seal, const uint8_t sha256[SHA256_SIZE])
{
    struct error error = {0};

    if (seal_take(seal, sha256, &error))
        return true;
    assert_error(&error, ERROR_SEAL_DIFFERS);
    return false;
}

static void an_empty_seal_takes_everything(void **state)
{
    static const struct seal empty = SEAL_EMPTY;
    struct seal made;

    (void)state;
    seal_make(NULL, 0, &made);
    assert_memory_equal(&made, &empty, sizeof(empty));
    assert_memory_equal(&empty, "BWLSEAL1", 8);
    assert_true(is_whole(&empty));
    assert_true(takes(&empty, hashes[0]));
}

static void a_seal_takes_what_it_is_for(void **state)
{
    struct seal seal;

    (void)state;
    seal_make(hashes, 1, &seal);
    assert_true(is_whole(&seal));
    assert_true(takes(&seal, hashes[0]));
    assert_false(takes(&seal, hashes[1]));
    assert_false(takes(&seal, (const uint8_t[SHA256_SIZE]){0})); /* as unused ones are */

    seal_make(hashes, 2, &seal);
    assert_true(is_whole(&seal));
    assert_true(takes(&seal, hashes[0]));
    assert_true(takes(&seal, hashes[1]));
    assert_false(takes(&seal, other));
}

static void no_bits_can_be_flipped(void **state)
{
    (void)state;
    for (uint32_t count = 0; count <= SEAL_HASHES_MAX; count++) {
        struct seal seal;
        uint8_t *bytes = (uint8_t *)&seal;

        seal_make(hashes, count, &seal);
        for (size_t one = 0; one < 8 * sizeof(seal); one++) {
            bytes[one / 8] ^= (uint8_t)(1 << one % 8);
            assert_false(is_whole(&seal));
            for (size_t two = 0; two < one; two++) {
                bytes[two / 8] ^= (uint8_t)(1 << two % 8);
                assert_false(is_whole(&seal));
                bytes[two / 8] ^= (uint8_t)(1 << two % 8);
            }
            bytes[one / 8] ^= (uint8_t)(1 << one % 8);
        }
        assert_true(is_whole(&seal));
    }
}

static void nothing_is_no_seal(void **state)
{
    struct seal seal;

    (void)state;
    memset(&seal, 0, sizeof(seal));
    assert_false(is_whole(&seal));
    memset(&seal, 0xff, sizeof(seal));
    assert_false(is_whole(&seal));
    seal_make(hashes, 2, &seal);
    seal.magic++; /* by somebody who knows of the checksum */
    seal.crc32 = crc32(0, &seal, offsetof(struct seal, crc32));
    assert_false(is_whole(&seal));
    seal_make(hashes, 2, &seal);
    seal.count = SEAL_HASHES_MAX + 1;
    seal.crc32 = crc32(0, &seal, offsetof(struct seal, crc32));
    assert_false(is_whole(&seal));
}

/* line: the one that misses its hash, 0: none does. */
static void assert_hashes(uint32_t line, const char *what, const char *text)
{
    struct error error = {0};
    bool are_there = config_check_hashes(text, strlen(text), &error);

    if (are_there != (line == 0))
        fail_msg("%s", text);
    if (are_there)
        return;
    assert_error(&error, ERROR_SEAL_NO_HASH);
    assert_int_equal(error.numbers[0], line);
    assert_string_equal(error.detail, what);
}

static void every_file_needs_its_hash(void **state)
{
    (void)state;
    assert_hashes(0, NULL, "");
    assert_hashes(0, NULL, "entry a\noptions b\n");
    assert_hashes(0, NULL, "kernel /a\n" HASH "options b\nmodule /b\n" HASH);
    assert_hashes(0, NULL, "kernel /a\noptions b\n\n# c\n" HASH);
    assert_hashes(0, NULL, "kernel /a\nentry a\n" HASH); /* it belongs to the first entry */
    assert_hashes(0, NULL, "kernel /a\n" HASH HASH "sha256 x\n");
    assert_hashes(1, "/a", "kernel /a\n");
    assert_hashes(1, "/a", "kernel /a\nmodule /b\n" HASH);
    assert_hashes(2, "/a", HASH "kernel /a\n");
    assert_hashes(1, "/a", "kernel /a\n#" HASH);
    assert_hashes(1, "/a", "kernel /a\nsha256 0011\n");
    assert_hashes(1, "/a", "kernel /a\nentry a\nentry b\n" HASH);
    assert_hashes(3, "/b", "kernel /a\n" HASH "module /b\n");
    assert_hashes(3, "/b", "kernel /a\n" HASH "optional /b\nkernel /a\n" HASH);
    assert_hashes(3, "/b", "kernel /a\n" HASH "chainload /b\n");
    assert_hashes(3, "partition 2", "kernel /a\n" HASH "chainload partition 2\n" HASH);
    assert_hashes(3, "/b", "kernel /a\n" HASH "kernel /b\n");
}

/* ---- UEFI applications ---- */

static void is_found_in_each_application(void **state)
{
    static const char *const names[] = {"BOOTX64.EFI", "BOOTIA32.EFI"};
    static const struct seal empty = SEAL_EMPTY;
    struct seal seal;

    (void)state;
    seal_make(hashes, 2, &seal);
    for (size_t i = 0; i < 2; i++) {
        char path[256];
        uint64_t size;
        size_t offset, changed = 0;
        struct pe_file file;
        struct error error = {0};

        snprintf(path, sizeof(path), UEFI_DIRECTORY "/%s", names[i]);
        uint8_t *bytes = load_file(path, &size), *sealed = load_file(path, &size);
        assert_true(seal_find(bytes, size, &offset));
        assert_memory_equal(bytes + offset, &empty, sizeof(empty));

        assert_true(seal_application(&seal, sealed, size, &error));
        assert_memory_equal(sealed + offset, &seal, sizeof(seal));
        assert_true(pe_read(sealed, size, &file));
        assert_int_equal(load_le32(sealed + file.checksum), pe_checksum(sealed, size, &file));
        assert_int_not_equal(load_le32(sealed + file.checksum), load_le32(bytes + file.checksum));
        for (size_t j = 0; j < size; j++)
            changed += bytes[j] != sealed[j] && (j < offset || j >= offset + sizeof(seal)) &&
                       (j < file.checksum || j >= file.checksum + 4);
        assert_int_equal(changed, 0);

        /* And back: as it was built. */
        assert_true(seal_application(&empty, sealed, size, &error));
        assert_memory_equal(sealed, bytes, size);
        free(bytes);
        free(sealed);
    }
}

/* The name of the section is another, or the section is too small, or lies elsewhere. */
static void is_not_found_elsewhere(void **state)
{
    uint64_t size;
    uint8_t *bytes = load_file(UEFI_DIRECTORY "/BOOTX64.EFI", &size);
    uint8_t *header = memmem(bytes, size, ".seal", 6);
    struct seal seal;
    struct error error = {0};
    size_t offset;

    (void)state;
    assert_non_null(header);
    seal_make(hashes, 1, &seal);
    header[1] = 'S';
    assert_false(seal_find(bytes, size, &offset));
    assert_false(seal_application(&seal, bytes, size, &error));
    assert_error(&error, ERROR_HOST_STAGE);
    header[1] = 's';
    store_le32(header + 8, sizeof(struct seal) - 1);
    assert_false(seal_find(bytes, size, &offset));
    store_le32(header + 8, sizeof(struct seal));
    assert_true(seal_find(bytes, size, &offset));
    store_le32(header + 20, (uint32_t)(size - sizeof(struct seal)));
    assert_true(seal_find(bytes, size, &offset));
    store_le32(header + 20, (uint32_t)(size - sizeof(struct seal) + 1));
    assert_false(seal_find(bytes, size, &offset));
    store_le32(header + 20, UINT32_MAX);
    assert_false(seal_find(bytes, size, &offset));
    free(bytes);
}

/* However short the file is, nothing behind its end is read. */
static void files_may_be_cut_short(void **state)
{
    enum { HEADERS = 0x400 };
    uint64_t size;
    uint8_t *bytes = load_file(UEFI_DIRECTORY "/BOOTX64.EFI", &size);

    (void)state;
    for (size_t length = 0; length <= HEADERS; length++) {
        struct guarded guarded = guarded_make(length, GUARDED_AFTER);
        struct pe_file file;
        size_t offset;

        memcpy(guarded.bytes, bytes, length);
        assert_false(seal_find(guarded.bytes, length, &offset));
        if (pe_read(guarded.bytes, length, &file))
            pe_checksum(guarded.bytes, length, &file);
        guarded_free(&guarded);
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_seal_takes_everything),
        cmocka_unit_test(a_seal_takes_what_it_is_for),
        cmocka_unit_test(no_bits_can_be_flipped),
        cmocka_unit_test(nothing_is_no_seal),
        cmocka_unit_test(every_file_needs_its_hash),
        cmocka_unit_test(is_found_in_each_application),
        cmocka_unit_test(is_not_found_elsewhere),
        cmocka_unit_test(files_may_be_cut_short),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
