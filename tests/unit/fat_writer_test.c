/* SPDX-License-Identifier: MIT */
/* The FAT writer, held against our own reader and against fsck.fat and mtools. */
#include "disk/fat_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "support.h"
#include "system/host_file.h"

enum { FILES_MAX = 700 };

/* A tree whose files repeat a pattern of their own. */
static struct sample {
    struct fat_node *root;
    size_t count;
    char paths[FILES_MAX][64];
    struct content contents[FILES_MAX];
    uint8_t *bytes[FILES_MAX];
} sample;

static void add(const char *path, uint64_t size)
{
    struct error error = {0};
    size_t i = sample.count++;

    assert_true(i < FILES_MAX);
    snprintf(sample.paths[i], sizeof(sample.paths[i]), "%s", path);
    sample.bytes[i] = malloc(size + 1);
    for (uint64_t j = 0; j < size; j++)
        sample.bytes[i][j] = (uint8_t)(j * 13 + j / 509 + i);
    content_init(&sample.contents[i]);
    assert_true(content_add_bytes(&sample.contents[i], sample.bytes[i], size));
    assert_true(fat_tree_add(sample.root, path, &sample.contents[i], &error));
}

static int start(void **state)
{
    (void)state;
    memset(&sample, 0, sizeof(sample));
    sample.root = fat_tree_create();
    return sample.root == NULL;
}

static int stop(void **state)
{
    (void)state;
    for (size_t i = 0; i < sample.count; i++)
        free(sample.bytes[i]);
    fat_tree_free(sample.root);
    return 0;
}

static struct fat_options make_options(enum fat_type type, uint32_t sector_size)
{
    return (struct fat_options){
        .type = type,
        .sector_size = sector_size,
        .granularity = MIB,
        .label = "TEST",
        .volume_id = 0x12345678,
        .time = 1000000000,
    };
}

static struct fat_layout write_volume(enum fat_type type, uint32_t sector_size)
{
    struct fat_options options = make_options(type, sector_size);
    struct fat_layout layout;
    struct output output;
    struct error error = {0};

    assert_true(fat_layout(sample.root, &options, &layout, &error));
    assert_int_equal(fat_layout_size(&layout) % MIB, 0);
    assert_int_equal(fat_cluster_offset(&layout, 2) % 4096, 0);
    assert_true(output_prepare("fat.img", &output, &error));
    assert_true(output_open(&output, &error));
    assert_true(output_resize(&output, fat_layout_size(&layout), &error));
    assert_true(fat_write(&layout, &output, &error));
    assert_true(output_commit(&output, &error));
    return layout;
}

/* Our own reader finds everything, and fsck.fat has nothing to say. */
static void check_volume(const struct fat_layout *layout)
{
    static struct fat_volume volume;
    struct error error = {0};
    struct host_file file;

    assert_true(host_file_open("fat.img", &file, &error));
    assert_true(fat_open(&file.reader, &volume, &error));
    assert_int_equal(volume.type, layout->options.type);
    assert_int_equal(volume.cluster_count, layout->cluster_count);
    for (size_t i = 0; i < sample.count; i++) {
        struct fat_file found;
        uint64_t size = sample.contents[i].reader.size;
        uint8_t *bytes = malloc(size + 1);

        assert_true(fat_open_file(&volume, sample.paths[i], &found, &error));
        assert_int_equal(found.reader.size, size);
        assert_true(reader_read(&found.reader, 0, size, bytes, &error));
        assert_memory_equal(bytes, sample.bytes[i], size);
        free(bytes);
    }
    reader_close(&file.reader);
    run("fsck.fat -n fat.img > fat.log 2>&1 && test $(wc -l < fat.log) -eq 2 || { cat fat.log; "
        "false; }");
}

static void add_many(void)
{
    static const uint64_t sizes[] = {0, 1, 511, 512, 513, 4095, 4096, 4097, 65536, 200000};
    char path[64];

    add("/EFI/BOOT/BOOTX64.EFI", 50000);
    add("/kernel.elf", 123456);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        snprintf(path, sizeof(path), "/sizes/a file of %lu bytes", sizes[i]);
        add(path, sizes[i]);
    }
    for (unsigned i = 0; i < 400; i++) { /* several clusters of directory */
        snprintf(path, sizeof(path), "/deep/er/and/deeper/still/file number %u.text", i);
        add(path, i);
    }
    for (unsigned i = 0; i < 40; i++) {
        snprintf(path, sizeof(path), "/%u.a long name in the root directory", i);
        add(path, 1);
    }
}

static void writes_every_type_and_sector_size(void **state)
{
    static const enum fat_type types[] = {FAT12, FAT16, FAT32};

    (void)state;
    add_many();
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        for (uint32_t sector_size = 512; sector_size <= 4096; sector_size *= 2) {
            struct fat_layout layout = write_volume(types[i], sector_size);

            check_volume(&layout);
            if (sector_size > 512) /* mtools does not know them */
                continue;
            run("mcopy -n -o -i fat.img ::/kernel.elf fat.kernel");
            uint64_t size;
            uint8_t *bytes = load_file("fat.kernel", &size);
            assert_int_equal(size, sample.contents[1].reader.size);
            assert_memory_equal(bytes, sample.bytes[1], size);
            free(bytes);
        }
    }
}

static void writes_an_empty_volume(void **state)
{
    static const enum fat_type types[] = {FAT12, FAT16, FAT32};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct fat_layout layout = write_volume(types[i], 512);

        check_volume(&layout);
    }
}

/* A root of more than 512 entries: FAT12 and FAT16 keep it in a place of fixed size. */
static void grows_the_root(void **state)
{
    char path[64];

    (void)state;
    for (unsigned i = 0; i < 600; i++) {
        snprintf(path, sizeof(path), "/file number %u", i);
        add(path, 10);
    }
    struct fat_layout layout = write_volume(FAT16, 512);
    assert_true(layout.root_entries >= 1201);
    check_volume(&layout);
    layout = write_volume(FAT32, 512);
    check_volume(&layout);
}

/* One more cluster than the limit between two sizes: everything still fits, exactly. */
static void computes_sizes_exactly(void **state)
{
    struct fat_options options = make_options(FAT32, 512);
    struct fat_layout layout;
    struct error error = {0};

    (void)state;
    content_init(&sample.contents[0]);
    sample.contents[0].reader.size = 0;
    assert_true(fat_tree_add(sample.root, "/file", &sample.contents[0], &error));

    /* Nothing is ever read here: the layout only asks for sizes. */
    for (uint64_t size = 1; size < 4 * GIB; size += size / 3 + 12345) {
        struct fat_node *node = fat_tree_next(sample.root);
        uint64_t cluster_size, used;

        node->size = size;
        assert_true(fat_layout(sample.root, &options, &layout, &error));
        cluster_size = (uint64_t)layout.sectors_per_cluster * 512;
        used = (size + cluster_size - 1) / cluster_size + 1;
        assert_int_equal(layout.used_clusters, used);
        assert_true(layout.cluster_count >= used);
        assert_true(layout.cluster_count >= 65525 + 16);
        assert_true((layout.cluster_count + 2) * UINT64_C(4) <= layout.fat_sectors * UINT64_C(512));
        assert_true(layout.data_start +
                        layout.cluster_count * (uint64_t)layout.sectors_per_cluster <=
                    layout.total_sectors);
        /* No MiB too many, beyond what alignment and tables can cost. */
        if (layout.cluster_count > 70000)
            assert_true((layout.cluster_count - used) * cluster_size < 2 * MIB);
    }
}

static void keeps_away_from_the_limits_between_types(void **state)
{
    struct fat_options options = make_options(FAT12, 512);
    struct fat_layout layout;
    struct error error = {0};
    struct fat_node *node;

    (void)state;
    options.granularity = 512; /* volumes that are as small as they can be */
    content_init(&sample.contents[0]);
    assert_true(fat_tree_add(sample.root, "/file", &sample.contents[0], &error));
    node = fat_tree_next(sample.root);
    for (uint64_t clusters = 4000; clusters < 4200; clusters += 7) {
        node->size = clusters * 512;
        assert_true(fat_layout(sample.root, &options, &layout, &error));
        assert_true(layout.cluster_count <= 4084 - 16);
    }
    options.type = FAT16;
    node->size = 1;
    assert_true(fat_layout(sample.root, &options, &layout, &error));
    assert_true(layout.cluster_count >= 4085 + 16);
    for (uint64_t clusters = 65300; clusters < 65600; clusters += 7) {
        node->size = clusters * 512;
        assert_true(fat_layout(sample.root, &options, &layout, &error));
        assert_true(layout.cluster_count >= 4085 + 16 && layout.cluster_count <= 65524 - 16);
    }
    node->size = 4 * GIB - 1; /* more than FAT16 can hold with clusters of 32 KiB */
    assert_false(fat_layout(sample.root, &options, &layout, &error));
    assert_error(&error, ERROR_FILE_SYSTEM_TOO_LARGE);
}

static void refuses_names_that_clash(void **state)
{
    struct content content;
    struct error error = {0};

    (void)state;
    content_init(&content);
    assert_true(fat_tree_add(sample.root, "/a/File", &content, &error));
    assert_false(fat_tree_add(sample.root, "/a/fILE", &content, &error));
    assert_error(&error, ERROR_NAME_TWICE);
    assert_false(fat_tree_add(sample.root, "/a", &content, &error));
    assert_error(&error, ERROR_NAME_TWICE);
    assert_false(fat_tree_add(sample.root, "/a/file/b", &content, &error));
    assert_error(&error, ERROR_NAME_TWICE);
    assert_true(fat_tree_add(sample.root, "/A/other", &content, &error));

    content.reader.size = 4 * GIB;
    assert_false(fat_tree_add(sample.root, "/large", &content, &error));
    assert_error(&error, ERROR_FILE_TOO_LARGE);
    content.reader.size = 4 * GIB - 1;
    assert_true(fat_tree_add(sample.root, "/large", &content, &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(writes_every_type_and_sector_size, start, stop),
        cmocka_unit_test_setup_teardown(writes_an_empty_volume, start, stop),
        cmocka_unit_test_setup_teardown(grows_the_root, start, stop),
        cmocka_unit_test_setup_teardown(computes_sizes_exactly, start, stop),
        cmocka_unit_test_setup_teardown(keeps_away_from_the_limits_between_types, start, stop),
        cmocka_unit_test_setup_teardown(refuses_names_that_clash, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
