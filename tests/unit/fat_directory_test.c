/* SPDX-License-Identifier: MIT */
/* Names and directories of FAT volumes. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/units.h"
#include "fat_image.h"
#include "format/fat.h"
#include "support.h"

struct fixture {
    struct fat_image image;
    struct memory_reader memory;
    struct fat_volume volume;
    uint8_t *root;
};

static void make(struct fixture *fixture, uint32_t clusters)
{
    fat_image_make(&fixture->image, clusters, 512, 1);
    memory_reader_init(&fixture->memory, fixture->image.bytes, fixture->image.size);
    fixture->root = fixture->image.bytes + fixture->image.root;
}

static void open_volume(struct fixture *fixture)
{
    struct error error;

    assert_true(fat_open(&fixture->memory.reader, &fixture->volume, &error));
}

static void assert_file(struct fixture *fixture, const char *path, uint32_t cluster)
{
    struct fat_file file;
    struct error error;

    if (!fat_open_file(&fixture->volume, path, &file, &error))
        fail_msg("%s: %s", path, error_name(error.code));
    assert_int_equal(file.first_cluster, cluster);
}

static void assert_no_file(struct fixture *fixture, const char *path, enum error_code code)
{
    struct fat_file file = {.first_cluster = 4711};
    struct error error;

    assert_false(fat_open_file(&fixture->volume, path, &file, &error));
    assert_error(&error, code);
    assert_int_equal(file.first_cluster, 4711);
}

static size_t units_of(uint16_t *to, const char *ascii)
{
    size_t length = strlen(ascii);

    for (size_t i = 0; i < length; i++)
        to[i] = (uint8_t)ascii[i];
    return length;
}

/* Writes a file with a long name. */
static uint8_t *add_file(uint8_t *to, const char *long_name, const char *short_name,
                         uint32_t cluster)
{
    uint16_t units[256];
    size_t length = units_of(units, long_name);

    to = fat_image_long_name(to, units, length, short_name);
    return fat_image_entry(to, short_name, 0x20, cluster, 100);
}

/* The name of the first entry of the root directory. */
static void assert_first_name(struct fixture *fixture, const char *name, const char *short_name)
{
    struct fat_directory directory;
    struct fat_entry entry;
    struct error error;
    bool end;

    assert_true(fat_open_directory(&fixture->volume, "/", &directory, &error));
    assert_true(fat_read_entry(&directory, &entry, &end, &error));
    assert_false(end);
    assert_string_equal(entry.name, name);
    assert_string_equal(entry.short_name, short_name);
}

static void test_long_and_short_names(void **state)
{
    struct fixture fixture;
    uint8_t *to;

    (void)state;
    make(&fixture, 60);
    to = add_file(fixture.root, "My Kernel.elf", "MYKERN~1ELF", 5);
    to = add_file(to, "exactly 13 ch", "EXACTL~1   ", 6);
    fat_image_entry(to, "PLAIN   TXT", 0x20, 7, 100);
    open_volume(&fixture);
    assert_first_name(&fixture, "My Kernel.elf", "MYKERN~1.ELF");
    assert_file(&fixture, "/My Kernel.elf", 5);
    assert_file(&fixture, "/MY KERNEL.ELF", 5);
    assert_file(&fixture, "//my kernel.elf", 5);
    assert_file(&fixture, "/mykern~1.elf", 5);
    assert_file(&fixture, "/exactly 13 ch", 6);
    assert_file(&fixture, "/plain.txt", 7);
    assert_no_file(&fixture, "/my kernel.el", ERROR_FILE_NOT_FOUND);
    assert_no_file(&fixture, "/my kernel.elf2", ERROR_FILE_NOT_FOUND);
    assert_no_file(&fixture, "/plain", ERROR_FILE_NOT_FOUND);
    assert_no_file(&fixture, "/plain.txt/x", ERROR_FILE_NOT_FOUND);
    assert_no_file(&fixture, "/", ERROR_FAT_NOT_A_FILE);
    assert_no_file(&fixture, "", ERROR_FAT_NOT_A_FILE);
    fat_image_free(&fixture.image);
}

static void test_short_names(void **state)
{
    static const struct {
        const char *raw;
        uint8_t lower_case;
        const char *name, *short_name;
    } cases[] = {
        {"KERNEL  ELF", 0, "KERNEL.ELF", "KERNEL.ELF"},
        {"KERNEL  ELF", 0x18, "kernel.elf", "KERNEL.ELF"},
        {"KERNEL  ELF", 0x08, "kernel.ELF", "KERNEL.ELF"},
        {"KERNEL  ELF", 0x10, "KERNEL.elf", "KERNEL.ELF"},
        {"NOEXT      ", 0, "NOEXT", "NOEXT"},
        {"12345678123", 0, "12345678.123", "12345678.123"},
        {"A B     C  ", 0, "A B.C", "A B.C"},
        {"\x05"
         "BC     D  ",
         0, "?BC.D", "?BC.D"}, /* 0xe5 in disguise */
        {"\x84"
         "BC     D  ",
         0, "?BC.D", "?BC.D"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture fixture;

        make(&fixture, 60);
        fat_image_entry(fixture.root, cases[i].raw, 0x20, 5, 1);
        fixture.root[12] = cases[i].lower_case;
        open_volume(&fixture);
        assert_first_name(&fixture, cases[i].name, cases[i].short_name);
        fat_image_free(&fixture.image);
    }
}

static void test_utf16_becomes_utf8(void **state)
{
    static const struct {
        uint16_t units[8];
        const char *name;
    } cases[] = {
        {{'a', 0xe4, 0x7ff, 0x800, 0x20ac}, "a\xc3\xa4\xdf\xbf\xe0\xa0\x80\xe2\x82\xac"},
        {{0xd83e, 0xdea2, '.', 'k'}, "\xf0\x9f\xaa\xa2.k"}, /* U+1FAA2, a knot */
        {{0xdbff, 0xdfff}, "\xf4\x8f\xbf\xbf"},
        {{0xd83e, 'x'}, "\xef\xbf\xbdx"}, /* halves of pairs */
        {{0xdea2, 0xd83e}, "\xef\xbf\xbd\xef\xbf\xbd"},
        {{0xffff, 0xfffe, 'x'}, "\xef\xbf\xbf\xef\xbf\xbex"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture fixture;
        size_t length = 0;
        uint8_t *to;
        char path[64] = "/";

        make(&fixture, 60);
        while (cases[i].units[length] != 0)
            length++;
        to = fat_image_long_name(fixture.root, cases[i].units, length, "X          ");
        fat_image_entry(to, "X          ", 0x20, 5, 1);
        open_volume(&fixture);
        assert_first_name(&fixture, cases[i].name, "X");
        assert_file(&fixture, strcat(path, cases[i].name), 5);
        fat_image_free(&fixture.image);
    }
}

static void test_longest_names(void **state)
{
    static const size_t lengths[] = {1, 12, 13, 14, 246, 247, 254, 255};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        struct fixture fixture;
        uint16_t units[255];
        char name[256 * 3 + 1] = "", path[256 * 3 + 2] = "/";
        uint8_t *to;

        make(&fixture, 60);
        for (size_t unit = 0; unit < lengths[i]; unit++) {
            units[unit] = 0x20ac;
            memcpy(name + unit * 3, "\xe2\x82\xac", 4);
        }
        to = fat_image_long_name(fixture.root, units, lengths[i], "LONG       ");
        fat_image_entry(to, "LONG       ", 0x20, 5, 1);
        open_volume(&fixture);
        assert_first_name(&fixture, name, "LONG");
        assert_file(&fixture, strcat(path, name), 5);
        fat_image_free(&fixture.image);
    }
}

/* A long name that does not belong to the short entry behind it is not its name. */
static void test_orphaned_long_names(void **state)
{
    enum {
        CHECKSUM,
        PART_CHECKSUM,
        ORDER,
        MISSING_PART,
        MISSING_END,
        OTHER_CHECKSUM,
        DELETED,
        LABEL_BETWEEN,
        TOO_LONG,
        ZERO,
        CASES
    };

    (void)state;
    for (int i = 0; i < CASES; i++) {
        struct fixture fixture;
        uint8_t *root;

        make(&fixture, 60);
        root = fixture.root;
        add_file(root, "a name of three parts, yes", "SHORT      ", 5);
        switch (i) {
        case CHECKSUM: /* the short name was changed by someone who knows no long ones */
            root[2 * 32] = 'T';
            break;
        case PART_CHECKSUM:
            root[32 + 13]++;
            break;
        case ORDER:
            root[32] = 2;
            break;
        case MISSING_PART:
            root[0] = 0x43;
            break;
        case MISSING_END: /* the first part that is met does not say that it is the last */
            root[0] = 2;
            break;
        case OTHER_CHECKSUM:
            root[13]++;
            break;
        case DELETED:
            root[32] = 0xe5;
            break;
        case LABEL_BETWEEN:
            memcpy(root + 96, root + 64, 32);
            fat_image_entry(root + 64, "LABEL      ", 0x08, 0, 0);
            break;
        case TOO_LONG:
            root[0] = 0x40 | 21;
            break;
        case ZERO:
            root[0] = 0x40;
            break;
        }
        open_volume(&fixture);
        assert_no_file(&fixture, "/a name of three parts, yes", ERROR_FILE_NOT_FOUND);
        if (i == CHECKSUM)
            assert_first_name(&fixture, "THORT", "THORT");
        else
            assert_first_name(&fixture, "SHORT", "SHORT");
        fat_image_free(&fixture.image);
    }
}

static void test_labels_and_deleted_entries_are_no_files(void **state)
{
    struct fixture fixture;
    uint8_t *to;

    (void)state;
    make(&fixture, 60);
    to = fat_image_entry(fixture.root, "KERNEL  ELF", 0x08, 0, 0); /* the volume's label */
    to = fat_image_entry(to,
                         "\xe5"
                         "ERNEL  ELF",
                         0x20, 9, 1);
    to = add_file(to, "kernel.elf", "KERNEL~1ELF", 10);
    to[-32] = to[-64] = 0xe5;
    to = fat_image_entry(to, "KERNEL  ELF", 0x20, 11, 1);
    open_volume(&fixture);
    assert_first_name(&fixture, "KERNEL.ELF", "KERNEL.ELF");
    assert_file(&fixture, "/kernel.elf", 11);
    fat_image_free(&fixture.image);
}

static void test_directory_with_the_name_of_the_kernel(void **state)
{
    struct fixture fixture;
    struct fat_directory directory;
    struct error error;

    (void)state;
    make(&fixture, 60);
    fat_image_entry(fixture.root, "KERNEL  ELF", 0x10, 5, 0);
    fat_image_link(&fixture.image, 5, 0xfff);
    fat_image_entry(fat_image_cluster(&fixture.image, 5), "FILE       ", 0x20, 6, 1);
    open_volume(&fixture);
    assert_no_file(&fixture, "/kernel.elf", ERROR_FAT_NOT_A_FILE);
    assert_file(&fixture, "/kernel.elf/file", 6);
    assert_true(fat_open_directory(&fixture.volume, "/kernel.elf/", &directory, &error));
    assert_false(fat_open_directory(&fixture.volume, "/kernel.elf/file", &directory, &error));
    assert_error(&error, ERROR_FAT_NOT_A_DIRECTORY);
    assert_false(fat_open_directory(&fixture.volume, "/nothing", &directory, &error));
    assert_error(&error, ERROR_FILE_NOT_FOUND);
    fat_image_free(&fixture.image);
}

static void test_dots_lead_back(void **state)
{
    static const uint32_t counts[] = {60, 5000, 66000};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        struct fixture fixture;
        uint8_t *to;

        make(&fixture, counts[i]);
        to = fat_image_entry(fixture.root, "A          ", 0x10, 5, 0);
        fat_image_entry(to, "F          ", 0x20, 9, 1);
        fat_image_link(&fixture.image, 5, fat_image_end(&fixture.image));
        to = fat_image_entry(fat_image_cluster(&fixture.image, 5), ".          ", 0x10, 5, 0);
        fat_image_entry(to, "..         ", 0x10, 0, 0); /* 0 for the root, even on FAT32 */
        open_volume(&fixture);
        assert_file(&fixture, "/a/../F", 9);
        assert_file(&fixture, "/a/./../A/../f", 9);
        fat_image_free(&fixture.image);
    }
}

/* The directory is full to its last entry: nothing marks its end. */
static void test_full_directories(void **state)
{
    static const uint32_t counts[] = {60, 66000};
    static const int entries[] = {32, 16};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        struct fixture fixture;
        struct fat_directory directory;
        struct fat_entry entry;
        struct error error;
        char name[24];
        bool end = false;
        int count = 0;

        make(&fixture, counts[i]);
        for (int file = 0; file < entries[i]; file++) {
            snprintf(name, sizeof(name), "FILE%02d     ", file);
            fat_image_entry(fixture.root + file * 32, name, 0x20, 3, 1);
        }
        if (i == 0) /* what follows the root directory is not part of it */
            fat_image_entry(fat_image_cluster(&fixture.image, 2), "FILE32     ", 0x20, 3, 1);
        open_volume(&fixture);
        assert_file(&fixture, i == 0 ? "/file31" : "/file15", 3);
        assert_no_file(&fixture, "/file32", ERROR_FILE_NOT_FOUND);
        assert_true(fat_open_directory(&fixture.volume, "/", &directory, &error));
        while (fat_read_entry(&directory, &entry, &end, &error) && !end)
            count++;
        assert_true(end);
        assert_int_equal(count, entries[i]);
        assert_true(fat_read_entry(&directory, &entry, &end, &error)); /* stays at the end */
        assert_true(end);
        fat_image_free(&fixture.image);
    }
}

static unsigned reads;
static struct memory_reader *counted;

static bool count_read(struct reader *reader, uint64_t offset, uint64_t length, void *to,
                       struct error *error)
{
    (void)reader;
    reads++;
    return reader_read(&counted->reader, offset, length, to, error);
}

/* Files that are opened in the order of their directory cost no search; in any other they are
 * found. */
static void test_order(void **state)
{
    enum { FILES = 192, FIRST_CLUSTER = 5, CLUSTERS = FILES / 16 };
    struct reader counting = {.read = count_read};
    struct fixture fixture;
    struct error error;
    char path[24];

    (void)state;
    make(&fixture, 5000);
    fat_image_entry(fixture.root, "D          ", 0x10, FIRST_CLUSTER, 0);
    for (uint32_t i = 0; i < CLUSTERS; i++)
        fat_image_link(&fixture.image, FIRST_CLUSTER + i,
                       i + 1 < CLUSTERS ? FIRST_CLUSTER + i + 1 : fat_image_end(&fixture.image));
    for (uint32_t i = 0; i < FILES; i++) {
        snprintf(path, sizeof(path), "F%03u       ", i);
        fat_image_entry(fat_image_cluster(&fixture.image, FIRST_CLUSTER + i / 16) + i % 16 * 32,
                        path, 0x20, 100 + i, 1);
    }
    counted = &fixture.memory;
    counting.size = fixture.memory.reader.size;
    assert_true(fat_open(&counting, &fixture.volume, &error));
    reads = 0;
    for (uint32_t i = 0; i < FILES; i++) {
        snprintf(path, sizeof(path), "/d/f%03u", i);
        assert_file(&fixture, path, 100 + i);
    }
    /* For each file the root and the start of the directory, for each cluster its sector; and the
     * FAT. */
    assert_in_range(reads, FILES, 2 * FILES + CLUSTERS + 1);
    for (uint32_t i = FILES; i-- > 0;) {
        snprintf(path, sizeof(path), "/d/f%03u", i * 5 % FILES);
        assert_file(&fixture, path, 100 + i * 5 % FILES);
        assert_no_file(&fixture, "/f000", ERROR_FILE_NOT_FOUND);
        assert_no_file(&fixture, "/d/f192", ERROR_FILE_NOT_FOUND);
    }
    fat_image_free(&fixture.image);
}

/* Behind the first entry that was never used lies whatever lay there before. */
static void test_end_mark(void **state)
{
    struct fixture fixture;
    struct fat_directory directory;
    struct fat_entry entry;
    struct error error;
    bool end;

    (void)state;
    make(&fixture, 60);
    fat_image_entry(fixture.root, "FIRST      ", 0x20, 3, 1);
    fat_image_entry(fixture.root + 64, "GARBAGE    ", 0x20, 3, 1);
    open_volume(&fixture);
    assert_no_file(&fixture, "/garbage", ERROR_FILE_NOT_FOUND);
    assert_true(fat_open_directory(&fixture.volume, "/", &directory, &error));
    assert_true(fat_read_entry(&directory, &entry, &end, &error));
    assert_false(end);
    for (int i = 0; i < 3; i++) {
        assert_true(fat_read_entry(&directory, &entry, &end, &error));
        assert_true(end);
        assert_string_equal(entry.name, "FIRST");
    }
    fat_image_free(&fixture.image);
}

/* The upper half of a cluster number is there on FAT32 only. */
static void test_high_clusters(void **state)
{
    struct fixture fixture;

    (void)state;
    make(&fixture, 66000);
    fat_image_entry(fixture.root, "HIGH       ", 0x20, 65999, 1);
    open_volume(&fixture);
    assert_file(&fixture, "/high", 65999);
    fat_image_free(&fixture.image);

    make(&fixture, 5000);
    fat_image_entry(fixture.root, "LOW        ", 0x20, 0xabcd0010, 1);
    open_volume(&fixture);
    assert_file(&fixture, "/low", 16);
    fat_image_free(&fixture.image);
}

/* A long name whose parts lie in two clusters that do not follow each other. */
static void test_root_of_several_clusters(void **state)
{
    static const uint32_t chain[] = {2, 90, 40, 7000, 41};
    struct fixture fixture;
    uint8_t entries[COUNT_OF(chain) * 512] = {0};
    uint8_t *to = entries;
    char name[24];

    (void)state;
    make(&fixture, 66000);
    for (int file = 0; file < 14; file++) {
        snprintf(name, sizeof(name), "FILE%02d     ", file);
        to = fat_image_entry(to, name, 0x20, 3, 1);
    }
    to = add_file(to, "a long name across two clusters.elf", "ALONGN~1ELF", 77);
    while (to < entries + sizeof(entries) - 32)
        to = fat_image_entry(to,
                             "\xe5"
                             "ELETED    ",
                             0x20, 3, 1);
    fat_image_entry(to, "LAST       ", 0x20, 78, 1);
    for (size_t i = 0; i < COUNT_OF(chain); i++) {
        memcpy(fat_image_cluster(&fixture.image, chain[i]), entries + i * 512, 512);
        fat_image_link(&fixture.image, chain[i],
                       i + 1 < COUNT_OF(chain) ? chain[i + 1] : 0x0fffffff);
    }
    open_volume(&fixture);
    assert_file(&fixture, "/a long name across two clusters.elf", 77);
    assert_file(&fixture, "/last", 78);
    assert_no_file(&fixture, "/later", ERROR_FILE_NOT_FOUND);

    /* A directory that runs into itself ends with an error instead of never. */
    for (size_t i = 0; i < COUNT_OF(chain); i++) {
        fat_image_link(&fixture.image, 41, chain[i]);
        open_volume(&fixture);
        assert_file(&fixture, "/last", 78);
        assert_no_file(&fixture, "/later", ERROR_FAT_CHAIN);
    }
    fat_image_free(&fixture.image);
}

static void test_root_outside_the_volume(void **state)
{
    struct fixture fixture;

    (void)state;
    make(&fixture, 66000);
    store_le32(fixture.image.bytes + 44, 1);
    open_volume(&fixture);
    assert_no_file(&fixture, "/kernel.elf", ERROR_FAT_CHAIN);
    store_le32(fixture.image.bytes + 44, 66002);
    open_volume(&fixture);
    assert_no_file(&fixture, "/kernel.elf", ERROR_FAT_CHAIN);
    fat_image_free(&fixture.image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_long_and_short_names),
        cmocka_unit_test(test_short_names),
        cmocka_unit_test(test_utf16_becomes_utf8),
        cmocka_unit_test(test_longest_names),
        cmocka_unit_test(test_orphaned_long_names),
        cmocka_unit_test(test_labels_and_deleted_entries_are_no_files),
        cmocka_unit_test(test_directory_with_the_name_of_the_kernel),
        cmocka_unit_test(test_dots_lead_back),
        cmocka_unit_test(test_full_directories),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_end_mark),
        cmocka_unit_test(test_high_clusters),
        cmocka_unit_test(test_root_of_several_clusters),
        cmocka_unit_test(test_root_outside_the_volume),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
