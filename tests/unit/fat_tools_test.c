/* SPDX-License-Identifier: MIT */
/* Volumes that mkfs.fat and mtools have made: they, fsck.fat and our reader must agree. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/units.h"
#include "fat_image.h"
#include "format/fat.h"
#include "support.h"

#define MTOOLS "MTOOLS_SKIP_CHECK=0 LC_ALL=C.UTF-8 "

struct volume_file {
    uint8_t *bytes;
    struct memory_reader memory;
    struct fat_volume volume;
};

static void load_volume(struct volume_file *file, const char *path)
{
    struct error error;
    uint64_t size;

    file->bytes = load_file(path, &size);
    memory_reader_init(&file->memory, file->bytes, size);
    if (!fat_open(&file->memory.reader, &file->volume, &error))
        fail_msg("%s: %s (%lu)", path, error_name(error.code), error.numbers[0]);
}

/* The file has these bytes. */
static void assert_content(struct volume_file *volume, const char *path, const void *expected,
                           uint64_t size)
{
    struct fat_file file;
    struct error error;
    uint8_t *bytes = malloc(size + 1);

    assert_non_null(bytes);
    if (!fat_open_file(&volume->volume, path, &file, &error))
        fail_msg("%s: %s", path, error_name(error.code));
    assert_int_equal(file.reader.size, size);
    assert_true(reader_read(&file.reader, 0, size, bytes, &error));
    assert_memory_equal(bytes, expected, size);
    free(bytes);
}

static uint8_t *make_content(const char *path, uint64_t size)
{
    uint8_t *bytes = malloc(size + 1);
    uint32_t random = (uint32_t)size;

    assert_non_null(bytes);
    for (uint64_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)next_random(&random);
    save_file(path, bytes, size);
    return bytes;
}

/*
 * A volume with just so many clusters. mkfs.fat keeps away from the borders between the types, so
 * it makes one that is a little smaller or larger, and its number of sectors is corrected.
 */
static void make_border_volume(const char *path, uint32_t clusters, bool is_small_field)
{
    static const struct {
        int type;
        uint32_t sectors; /* that mkfs.fat is content with, near the border */
    } kinds[] = {{12, 4100}, {16, 4200}, {16, 66000}, {32, 66700}};
    int kind = clusters == 4084 ? 0 : clusters == 4085 ? 1 : clusters == 65524 ? 2 : 3;
    struct volume_file file;
    uint64_t size;
    uint8_t *bytes;

    run("rm -f %s; truncate -s %u %s", path, kinds[kind].sectors * 512, path);
    run("mkfs.fat -a -F %d -S 512 -s 1 -n BORDER %s >%s.log", kinds[kind].type, path, path);
    load_volume(&file, path);
    uint32_t sectors =
        (uint32_t)(file.volume.data_start / 512) + clusters; /* the FAT has room for some more */
    free(file.bytes);

    run("truncate -s %u %s", sectors * 512, path);
    bytes = load_file(path, &size);
    store_le16(bytes + 19, is_small_field ? (uint16_t)sectors : 0);
    store_le32(bytes + 32, is_small_field ? 0 : sectors);
    if (kinds[kind].type == 32) {
        store_le32(bytes + 512 + 488, clusters - 1); /* FSInfo: free clusters */
        memcpy(bytes + 6 * 512, bytes, 1024);        /* the backup of both sectors */
    }
    save_file(path, bytes, size);
    free(bytes);
}

static void test_borders_between_types(void **state)
{
    static const struct {
        uint32_t clusters;
        bool is_small_field; /* 65524 clusters and more do not fit into it */
        enum fat_type type;
    } cases[] = {
        {4084, true, FAT12},  {4084, false, FAT12},  {4085, true, FAT16},
        {4085, false, FAT16}, {65524, false, FAT16}, {65525, false, FAT32},
    };
    uint8_t *content = make_content("border.bin", 100000);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct volume_file file;

        make_border_volume("border.img", cases[i].clusters, cases[i].is_small_field);
        run(MTOOLS "mcopy -i border.img border.bin '::/A long name for it.bin'");
        load_volume(&file, "border.img");
        assert_int_equal(file.volume.type, cases[i].type);
        assert_int_equal(file.volume.cluster_count, cases[i].clusters);
        assert_content(&file, "/a long name for it.bin", content, 100000);
        free(file.bytes);

        run("fsck.fat -nv border.img >border.log");
        run("grep -q ' %d bit entries' border.log", cases[i].type);
        run("grep -q ' %u data clusters' border.log", cases[i].clusters);
        run("rm -f border.out; " MTOOLS
            "mcopy -i border.img '::/A long name for it.bin' border.out && "
            "cmp border.bin border.out");
    }
    free(content);
}

static void test_every_geometry(void **state)
{
    static const struct {
        int type, sector_size, cluster_sectors, kib;
    } cases[] = {
        {12, 512, 1, 1440},   {12, 512, 8, 10000},  {12, 4096, 1, 8192}, {16, 512, 4, 16384},
        {16, 1024, 2, 40000}, {16, 2048, 1, 40000}, {32, 512, 1, 40000}, {32, 4096, 1, 280000},
    };
    uint8_t *content = make_content("geometry.bin", 300001);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct volume_file file;

        run("rm -f geometry.img; truncate -s %dK geometry.img", cases[i].kib);
        run("mkfs.fat -F %d -S %d -s %d -n GEOMETRY geometry.img >geometry.log", cases[i].type,
            cases[i].sector_size, cases[i].cluster_sectors);
        run(MTOOLS "mmd -i geometry.img ::/bowline");
        run(MTOOLS "mcopy -i geometry.img geometry.bin ::/bowline/kernel.elf");
        run("fsck.fat -n geometry.img >geometry.log");
        load_volume(&file, "geometry.img");
        assert_int_equal(file.volume.type, cases[i].type);
        assert_int_equal(file.volume.sector_size, cases[i].sector_size);
        assert_string_equal(file.volume.label, "GEOMETRY");
        assert_content(&file, "/bowline/kernel.elf", content, 300001);
        free(file.bytes);
    }
    run("rm -f geometry.img"); /* up to 280 MB */
    free(content);
}

static int count_runs(struct fat_volume *volume, const char *path)
{
    struct fat_file file;
    struct error error;
    uint32_t cluster, next;
    int runs = 1;

    assert_true(fat_open_file(volume, path, &file, &error));
    for (cluster = file.first_cluster;; cluster = next) {
        assert_true(fat_next_cluster(volume, cluster, &next, &error));
        if (next == FAT_END)
            return runs;
        runs += next != cluster + 1;
    }
}

/* A file that has to lie in the gaps that deleted ones have left, because there is no other room.
 */
static void test_fragmented_files(void **state)
{
    enum { SIZE = 700000, ELSEWHERE = 500000 };
    static const int types[] = {12, 16, 32};
    uint8_t *content = make_content("fragments.bin", SIZE);

    (void)state;
    free(make_content("hole.bin", 3000));
    run("rm -rf holes; mkdir holes; "
        "for i in $(seq 100 299); do cp hole.bin \"holes/hole number $i\"; done");
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct volume_file file;
        struct fat_directory directory;
        struct fat_entry entry;
        struct error error;
        bool end;
        int count = 0;

        run("rm -f fragments.img; truncate -s %dM fragments.img", types[i] == 12   ? 2
                                                                  : types[i] == 16 ? 4
                                                                                   : 36);
        run("mkfs.fat -F %d -s 1 fragments.img >fragments.log", types[i]);
        load_volume(&file, "fragments.img");
        run("truncate -s %u filler.bin", file.volume.cluster_count * 512 - 200 * 3072 - ELSEWHERE);
        free(file.bytes);
        run(MTOOLS "mmd -i fragments.img ::/d && " MTOOLS "mcopy -i fragments.img holes/* ::/d/");
        run(MTOOLS "mcopy -i fragments.img filler.bin ::/");
        run(MTOOLS "mdel -i fragments.img '::/d/hole number ?[02468]?'");
        run(MTOOLS "mdel -i fragments.img '::/d/hole number ??[13]'");
        run(MTOOLS "mcopy -i fragments.img fragments.bin ::/fragments.bin");
        run("fsck.fat -n fragments.img >fragments.log");

        load_volume(&file, "fragments.img");
        assert_true(count_runs(&file.volume, "/fragments.bin") > 10);
        assert_content(&file, "/fragments.bin", content, SIZE);
        assert_true(fat_open_directory(&file.volume, "/d", &directory, &error));
        while (fat_read_entry(&directory, &entry, &end, &error) && !end)
            count++;
        assert_true(end);
        assert_int_equal(count, 2 + 200 - 100 - 20);
        free(file.bytes);
    }
    free(content);
}

/* The label has the name of the kernel, as it stands in the root directory: in 11 characters. */
static void test_label_with_the_name_of_a_file(void **state)
{
    struct volume_file file;
    uint8_t *content = make_content("label.bin", 1000);

    (void)state;
    run("rm -f label.img; truncate -s 1440K label.img");
    run("mkfs.fat -n 'KERNEL  ELF' label.img >label.log");
    run(MTOOLS "mcopy -i label.img label.bin ::/kernel.elf");
    run("fsck.fat -n label.img >label.log");
    load_volume(&file, "label.img");
    assert_string_equal(file.volume.label, "KERNEL  ELF");
    assert_content(&file, "/kernel.elf", content, 1000);
    free(file.bytes);
    free(content);
}

/* mtools understands our long names, those past U+FFFF and of 255 characters too. */
static void test_names_agree_with_mtools(void **state)
{
    static const char *const names[] = {"kernel.elf",       "Kernel.Elf", "no extension",
                                        "a.b.c.d",          ".hidden",    "\xc3\xa4\xc3\x96.txt",
                                        "\xe2\x82\xac uro", "+,;=[].x"};
    struct volume_file file;
    uint8_t *content = make_content("name.bin", 600);
    char name[256], path[260] = "/";

    (void)state;
    run("rm -f names.img; truncate -s 1440K names.img");
    run("mkfs.fat names.img >names.log");
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(names[i], "Kernel.Elf") != 0)
            run(MTOOLS "mcopy -i names.img name.bin '::/%s'", names[i]);
    }
    memset(name, 'n', 255);
    name[255] = '\0';
    run(MTOOLS "mcopy -i names.img name.bin '::/%s'", name);
    run("fsck.fat -n names.img >names.log");
    load_volume(&file, "names.img");
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        memcpy(path + 1, names[i], strlen(names[i]) + 1);
        assert_content(&file, path, content, 600);
    }
    memcpy(path + 1, name, 256);
    assert_content(&file, path, content, 600);
    free(file.bytes);
    free(content);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_borders_between_types),
        cmocka_unit_test(test_every_geometry),
        cmocka_unit_test(test_fragmented_files),
        cmocka_unit_test(test_label_with_the_name_of_a_file),
        cmocka_unit_test(test_names_agree_with_mtools),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
