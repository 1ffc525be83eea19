/* SPDX-License-Identifier: MIT */
/* The volume, its table and its files. */
#include "format/fat.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/units.h"
#include "fat_image.h"
#include "support.h"

static void test_type_follows_from_cluster_count(void **state)
{
    static const struct {
        uint32_t clusters;
        enum fat_type type;
    } cases[] = {
        {1, FAT12}, {4084, FAT12}, {4085, FAT16}, {65524, FAT16}, {65525, FAT32},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fat_image image;
        struct memory_reader memory;
        struct fat_volume volume;
        struct error error;

        fat_image_make(&image, cases[i].clusters, 512, 1);
        memory_reader_init(&memory, image.bytes, image.size);
        assert_true(fat_open(&memory.reader, &volume, &error));
        assert_int_equal(volume.type, cases[i].type);
        assert_int_equal(volume.cluster_count, cases[i].clusters);
        assert_int_equal(volume.data_start, image.data);
        assert_string_equal(volume.label, "MY LABEL");

        /* The place of the number of sectors says nothing about the type. */
        if (cases[i].type != FAT32) {
            uint32_t sectors = load_le16(image.bytes + 19) | load_le32(image.bytes + 32);

            store_le16(image.bytes + 19, 0);
            store_le32(image.bytes + 32, sectors);
            assert_true(fat_open(&memory.reader, &volume, &error));
            assert_int_equal(volume.type, cases[i].type);
            assert_int_equal(volume.cluster_count, cases[i].clusters);
        }
        fat_image_free(&image);
    }
}

static void test_damaged_boot_sectors(void **state)
{
    static const struct {
        uint32_t clusters;
        uint32_t offset, bytes, value;
    } cases[] = {
        {60, 510, 2, 0x55aa}, /* signature */
        {60, 11, 2, 0},       /* sector size */
        {60, 11, 2, 256},
        {60, 11, 2, 8192},
        {60, 11, 2, 513},
        {60, 13, 1, 0}, /* sectors in a cluster */
        {60, 13, 1, 3},
        {60, 13, 1, 128}, /* fewer sectors than a cluster */
        {60, 14, 2, 0},   /* reserved sectors */
        {60, 14, 2, 0xffff},
        {60, 16, 1, 0}, /* FATs */
        {60, 16, 1, 0xff},
        {60, 17, 2, 0xffff}, /* root entries */
        {60, 19, 2, 0},      /* sectors */
        {60, 19, 2, 1},
        {60, 19, 2, 0xffff}, /* more than the partition has */
        {60, 22, 2, 0},      /* sectors of the FAT: a FAT32 of 60 clusters */
        {60, 22, 2, 0xffff},
        {5000, 22, 2, 19}, /* too small for its clusters */
        {5000, 22, 2, 1},  /* too small for its clusters */
        {65525, 36, 4, 0},
        {65525, 36, 4, 0xffffffff},
        {65525, 36, 4, 500},
        {65525, 22, 2, 512},  /* FAT16 with that many clusters */
        {65525, 42, 2, 1},    /* version */
        {65525, 40, 2, 0x82}, /* active FAT */
        {65525, 32, 4, 0xffffffff},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fat_image image;
        struct memory_reader memory;
        struct fat_volume volume = {.type = 99};
        struct error error;

        fat_image_make(&image, cases[i].clusters, 512, 1);
        memory_reader_init(&memory, image.bytes, image.size);
        for (uint32_t byte = 0; byte < cases[i].bytes; byte++)
            image.bytes[cases[i].offset + byte] = (uint8_t)(cases[i].value >> 8 * byte);
        if (fat_open(&memory.reader, &volume, &error))
            fail_msg("%u at offset %u passes", cases[i].value, cases[i].offset);
        assert_error(&error, ERROR_FAT_DAMAGED);
        assert_int_equal(volume.type, 99);
        fat_image_free(&image);
    }
}

static void test_short_partition(void **state)
{
    struct fat_image image;
    struct memory_reader memory;
    struct fat_volume volume;
    struct error error;

    (void)state;
    fat_image_make(&image, 60, 512, 1);
    memory_reader_init(&memory, image.bytes, image.size - 1);
    assert_false(fat_open(&memory.reader, &volume, &error));
    assert_error(&error, ERROR_FAT_DAMAGED);
    memory_reader_init(&memory, image.bytes, 511);
    assert_false(fat_open(&memory.reader, &volume, &error));
    assert_error(&error, ERROR_READ_BEYOND_END);
    fat_image_free(&image);
}

/* A volume with one file, /F, of `size` bytes in the clusters of a list that 0 ends. */
struct one_file {
    struct fat_image image;
    struct watched_reader disk;
    struct fat_volume volume;
    struct fat_file file;
    uint8_t *content;
};

static void open_one_file(struct one_file *one, uint32_t clusters, uint32_t cluster_sectors,
                          const uint32_t *chain, uint32_t size)
{
    struct fat_image *image = &one->image;
    uint32_t random = size, count = 0;
    struct error error;

    fat_image_make(image, clusters, 512, cluster_sectors);
    fat_image_entry(image->bytes + image->root, "F          ", 0, chain[0], size);
    while (chain[count] != 0)
        count++;
    one->content = malloc((size_t)count * image->cluster_size + 1);
    assert_non_null(one->content);
    for (uint32_t i = 0; i < count; i++) {
        uint8_t *place = fat_image_cluster(image, chain[i]);

        for (uint32_t byte = 0; byte < image->cluster_size; byte++)
            place[byte] = (uint8_t)next_random(&random);
        memcpy(one->content + (size_t)i * image->cluster_size, place, image->cluster_size);
        fat_image_link(image, chain[i], i + 1 < count ? chain[i + 1] : fat_image_end(image));
    }
    watch(&one->disk, image->bytes, image->size);
    assert_true(fat_open(&one->disk.reader, &one->volume, &error));
    assert_true(fat_open_file(&one->volume, "/F", &one->file, &error));
    assert_int_equal(one->file.reader.size, size);
    one->disk.reads = one->disk.longest = 0;
}

static void free_one_file(struct one_file *one)
{
    reader_close(&one->file.reader);
    fat_image_free(&one->image);
    free(one->content);
}

static void test_every_range_of_a_fragmented_file(void **state)
{
    static const uint32_t chain[] = {9, 10, 5, 6, 7, 60, 2, 3, 59, 0};
    static const uint32_t counts[] = {60, 5000, 66000};
    enum { SIZE = 9 * 512 - 100 };
    uint8_t to[SIZE + 1];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        struct one_file one;
        struct error error;
        uint32_t random = 7;

        if (counts[i] == 66000) /* cluster 2 is the root directory there */
            open_one_file(&one, counts[i], 1,
                          (const uint32_t[]){9, 10, 5, 6, 7, 65999, 3, 4, 59, 0}, SIZE);
        else
            open_one_file(&one, counts[i], 1, chain, SIZE);
        for (int round = 0; round < 3000; round++) {
            uint64_t offset = next_random(&random) % (SIZE + 1);
            uint64_t length = next_random(&random) % (SIZE - offset + 1);

            if (round < 10) { /* and its ends */
                offset = round % 2 ? 512 : 0;
                length = round < 4 ? SIZE - offset : (uint64_t)round * 512 - 2048;
            }
            to[length] = 0xcc;
            assert_true(reader_read(&one.file.reader, offset, length, to, &error));
            assert_memory_equal(to, one.content + offset, length);
            assert_int_equal(to[length], 0xcc);
        }
        assert_false(reader_read(&one.file.reader, SIZE, 1, to, &error));
        assert_error(&error, ERROR_READ_BEYOND_END);
        free_one_file(&one);
    }
}

static void test_consecutive_clusters_are_one_read(void **state)
{
    enum { CLUSTERS = 4000 };
    static uint32_t chain[CLUSTERS + 1];
    static uint8_t to[CLUSTERS * 512];
    struct one_file one;
    struct error error;

    (void)state;
    for (uint32_t i = 0; i < CLUSTERS; i++)
        chain[i] = i + 2;
    open_one_file(&one, 5000, 1, chain, sizeof(to));
    assert_true(reader_read(&one.file.reader, 0, sizeof(to), to, &error));
    assert_memory_equal(to, one.content, sizeof(to));
    assert_int_equal(one.disk.longest, sizeof(to));
    assert_int_equal(one.disk.reads, 1 + 2); /* 8000 bytes of the FAT, 4096 at a time */

    /* In ascending pieces it costs no more of the FAT. */
    one.disk.reads = 0;
    for (uint64_t offset = 0; offset < sizeof(to); offset += 10000)
        assert_true(
            reader_read(&one.file.reader, offset, minimum(10000, sizeof(to) - offset), to, &error));
    assert_in_range(one.disk.reads, sizeof(to) / 10000, sizeof(to) / 10000 + 1 + 4);
    free_one_file(&one);
}

/* The entries of FAT12 that lie across sectors, and across windows of the cache. */
static void test_fat12_to_its_last_cluster(void **state)
{
    static uint32_t chain[4085];
    struct one_file one;
    struct error error;
    uint8_t *to;

    (void)state;
    for (uint32_t i = 0; i < 4084; i++)
        chain[i] = i % 2 == 0 ? 2 + i / 2 : 4085 - i / 2; /* from both ends to the middle */
    open_one_file(&one, 4084, 1, chain, 4084 * 512);
    to = malloc(4084 * 512);
    assert_non_null(to);
    assert_true(reader_read(&one.file.reader, 0, 4084 * 512, to, &error));
    assert_memory_equal(to, one.content, 4084 * 512);
    free(to);
    free_one_file(&one);
}

static void test_fat32_ignores_reserved_bits(void **state)
{
    static const uint32_t chain[] = {40, 41, 30, 0};
    struct one_file one;
    struct error error;
    uint8_t to[3 * 512];

    (void)state;
    open_one_file(&one, 66000, 1, chain, sizeof(to));
    fat_image_link(&one.image, 41, 0xa0000000 | 30);
    fat_image_link(&one.image, 30, 0x5ffffff8);
    assert_true(reader_read(&one.file.reader, 0, sizeof(to), to, &error));
    assert_memory_equal(to, one.content, sizeof(to));
    free_one_file(&one);
}

/* What an entry means, at the borders between cluster numbers, bad clusters and end marks. */
static void test_marks(void **state)
{
    static const uint32_t counts[] = {4084, 65524, 66000};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        struct fat_image image;
        struct memory_reader memory;
        struct fat_volume volume;
        struct error error;
        uint32_t next;

        fat_image_make(&image, counts[i], 512, 1);
        memory_reader_init(&memory, image.bytes, image.size);
        for (uint32_t below = 0; below < 10; below++) {
            uint32_t value = fat_image_end(&image) - below;

            fat_image_link(&image, 5, value);
            assert_true(fat_open(&memory.reader, &volume, &error));
            assert_true(fat_next_cluster(&volume, 5, &next, &error));
            assert_int_equal(next, below < 8 ? FAT_END : value);
        }
        fat_image_free(&image);
    }
}

static void test_fat32_active_table(void **state)
{
    static const uint32_t chain[] = {40, 41, 0};
    struct one_file one;
    struct error error;
    uint32_t next;

    (void)state;
    open_one_file(&one, 66000, 1, chain, 1024);
    store_le16(one.image.bytes + 40, 0x81); /* only the second FAT is up to date */
    assert_true(fat_open(&one.disk.reader, &one.volume, &error));
    assert_true(fat_next_cluster(&one.volume, 40, &next, &error));
    assert_int_equal(next, FAT_FREE);
    store_le16(one.image.bytes + 40, 0x01); /* mirrored: the number means nothing */
    assert_true(fat_open(&one.disk.reader, &one.volume, &error));
    assert_true(fat_next_cluster(&one.volume, 40, &next, &error));
    assert_int_equal(next, 41);
    assert_true(fat_next_cluster(&one.volume, 41, &next, &error));
    assert_int_equal(next, FAT_END);
    assert_false(fat_next_cluster(&one.volume, 1, &next, &error));
    assert_error(&error, ERROR_FAT_CHAIN);
    assert_false(fat_next_cluster(&one.volume, 66002, &next, &error));
    assert_error(&error, ERROR_FAT_CHAIN);
    free_one_file(&one);
}

static void test_damaged_chains(void **state)
{
    static const uint32_t chain[] = {5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0};
    static const struct {
        uint32_t from, to;
    } cases[] = {
        {8, 0},     /* free */
        {8, 1},     /* no cluster */
        {8, 62},    /* past the last one */
        {8, 0xff7}, /* bad */
        {8, 0xfff}, /* ends too early */
        {8, 8},     /* loops of all lengths */
        {8, 7},     {8, 5}, {5, 5}, {6, 5}, {13, 5}, {13, 12}, {13, 9},
    };

    (void)state;
    for (size_t i = 0; i < 2 * COUNT_OF(cases); i++) {
        /* FAT12 goes cluster by cluster, FAT16 skips along rows of them. */
        bool is_fat16 = i >= COUNT_OF(cases);
        uint32_t clusters = is_fat16 ? 5000 : 60;
        uint32_t from = cases[i % COUNT_OF(cases)].from, target = cases[i % COUNT_OF(cases)].to;
        struct one_file one;
        struct error error;
        uint8_t *to = malloc(200 * 512);

        if (is_fat16 && target >= 62)
            target = target == 62 ? clusters + 2 : target | 0xf000;
        assert_non_null(to);
        open_one_file(&one, clusters, 1, chain, 5120);
        fat_image_link(&one.image, from, target);
        one.volume.cache_length = 0;
        if (i % COUNT_OF(cases) < 5) { /* at once, not only when it goes on from there */
            assert_false(reader_read(&one.file.reader, 0, 5 * 512, to, &error));
            assert_error(&error, ERROR_FAT_CHAIN);
        }
        one.file.reader.size = 200 * 512; /* room to go round in */
        assert_false(reader_read(&one.file.reader, 0, 200 * 512, to, &error));
        assert_error(&error, ERROR_FAT_CHAIN);
        free(to);
        free_one_file(&one);
    }
}

/* Some systems allocate ahead: what lies behind the end of a file is none of our business. */
static void test_chain_longer_than_its_file(void **state)
{
    static const uint32_t chain[] = {5, 6, 7, 8, 0};
    struct one_file one;
    struct error error;
    uint8_t to[512];

    (void)state;
    open_one_file(&one, 60, 1, chain, 512);
    fat_image_link(&one.image, 5, 0xff7);
    assert_true(reader_read(&one.file.reader, 0, 512, to, &error));
    assert_memory_equal(to, one.content, 512);
    free_one_file(&one);
}

static void test_files_without_clusters(void **state)
{
    struct fat_image image;
    struct memory_reader memory;
    struct fat_volume volume;
    struct fat_file file;
    struct error error;
    uint8_t *entry;

    (void)state;
    fat_image_make(&image, 60, 512, 1);
    entry = fat_image_entry(image.bytes + image.root, "EMPTY      ", 0, 0, 0);
    entry = fat_image_entry(entry, "NOWHERE    ", 0, 0, 1);
    fat_image_entry(entry, "OUTSIDE    ", 0, 62, 1);
    memory_reader_init(&memory, image.bytes, image.size);
    assert_true(fat_open(&memory.reader, &volume, &error));
    assert_true(fat_open_file(&volume, "/empty", &file, &error));
    assert_int_equal(file.reader.size, 0);
    assert_true(reader_read(&file.reader, 0, 0, NULL, &error));
    assert_false(fat_open_file(&volume, "/nowhere", &file, &error));
    assert_error(&error, ERROR_FAT_CHAIN);
    assert_false(fat_open_file(&volume, "/outside", &file, &error));
    assert_error(&error, ERROR_FAT_CHAIN);
    fat_image_free(&image);
}

/* Whichever read of the disk fails, its error arrives, and the next attempt works. */
static void test_every_failing_read(void **state)
{
    static const uint32_t chain[] = {5, 9, 6, 7, 4000, 20, 30, 0}; /* two windows of the FAT */
    uint8_t to[7 * 512];
    uint64_t reads;

    (void)state;
    for (uint64_t fail_at = 1;; fail_at++) {
        struct one_file one;
        struct error error = {0};

        open_one_file(&one, 5000, 1, chain, sizeof(to));
        one.disk.fail_at = fail_at;
        bool is_good = fat_open_file(&one.volume, "/F", &one.file, &error) &&
                       reader_read(&one.file.reader, 0, sizeof(to), to, &error);
        reads = one.disk.reads;
        if (is_good) {
            free_one_file(&one);
            break;
        }
        assert_error(&error, ERROR_DISK_READ);
        one.disk.fail_at = 0;
        assert_true(fat_open_file(&one.volume, "/F", &one.file, &error));
        assert_true(reader_read(&one.file.reader, 0, sizeof(to), to, &error));
        assert_memory_equal(to, one.content, sizeof(to));
        free_one_file(&one);
    }
    assert_int_equal(reads, 1 + 3 + 6); /* directory, FAT, runs */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_type_follows_from_cluster_count),
        cmocka_unit_test(test_damaged_boot_sectors),
        cmocka_unit_test(test_short_partition),
        cmocka_unit_test(test_every_range_of_a_fragmented_file),
        cmocka_unit_test(test_consecutive_clusters_are_one_read),
        cmocka_unit_test(test_fat12_to_its_last_cluster),
        cmocka_unit_test(test_fat32_ignores_reserved_bits),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_fat32_active_table),
        cmocka_unit_test(test_damaged_chains),
        cmocka_unit_test(test_chain_longer_than_its_file),
        cmocka_unit_test(test_files_without_clusters),
        cmocka_unit_test(test_every_failing_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
