/* SPDX-License-Identifier: MIT */
/* What a survey says of images that other tools have made. tests/builder/damage.sh has damaged
 * ones. */
#include "survey/survey.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "support.h"

static struct survey survey;
static uint8_t *image;
static uint64_t image_size;

static void make_survey(const char *path)
{
    struct memory_reader disk;
    struct error error = {0};

    image = load_file(path, &image_size);
    memory_reader_init(&disk, image, image_size);
    assert_true(survey_make(&disk.reader, NULL, &survey, &error));
}

static int forget(void **state)
{
    (void)state;
    survey_free(&survey);
    free(image);
    image = NULL;
    return 0;
}

static const struct survey_item *item_named(const char *name)
{
    for (size_t i = 0; i < survey.item_count; i++)
        if (strcmp(survey.items[i].name, name) == 0)
            return &survey.items[i];
    fail_msg("there is no item %s", name);
    return NULL;
}

static const struct survey_file *file_named(const char *path)
{
    for (size_t i = 0; i < survey.file_count; i++)
        if (strcmp(survey.files[i].path, path) == 0)
            return &survey.files[i];
    fail_msg("there is no file %s", path);
    return NULL;
}

/* What lies on the disk itself follows one another without a gap. */
static void assert_covered(void)
{
    uint64_t end = 0;

    for (size_t i = 0; i < survey.item_count; i++) {
        const struct survey_item *item = &survey.items[i];

        if (item->depth > 0)
            continue;
        assert_int_equal(item->start, end);
        end = item->start + item->extents[0].size;
    }
    assert_int_equal(end, survey.disk_size);
    for (uint64_t byte = 0; byte < survey.disk_size; byte += 100003)
        assert_non_null(survey_item_at(&survey, byte));
    assert_null(survey_item_at(&survey, survey.disk_size));
}

static void assert_whole(void)
{
    char text[1024];

    if (survey.finding_count == 0)
        return;
    error_print(&survey.findings[0].error, text, sizeof(text));
    fail_msg("%s: %s", survey.items[survey.findings[0].item].name, text);
}

static void make_gpt_image(void)
{
    run("rm -f survey.img && truncate -s 48M survey.img && sgdisk -U "
        "12345678-1234-1234-1234-123456789ABC -n 1:2048:+40M -t 1:ef00 -c 1:'M\xc3\xbcsli' -n "
        "2:0:0 -t "
        "2:8300 survey.img >/dev/null && mkfs.fat -F 32 -n SURVEY -i 11223344 --offset 2048 "
        "survey.img 40960 >/dev/null");
    run("head -c 1000 /dev/zero >survey.1 && head -c 700 /dev/zero | tr '\\0' x >survey.2 && "
        "mmd -i survey.img@@1M ::/dir && mcopy -i survey.img@@1M survey.1 ::/first && "
        "mcopy -i survey.img@@1M survey.2 ::/dir/second && mdel -i survey.img@@1M ::/first && "
        "printf '\\2\\0\\0\\0' | dd of=survey.img bs=1 seek=$((1048576 + 512 + 492)) conv=notrunc "
        "status=none && " /* where to look for free clusters */
        "head -c 5000 /dev/zero >survey.3 && mcopy -i survey.img@@1M survey.3 '::/in pieces' && "
        ": >survey.4 && mcopy -i survey.img@@1M survey.4 ::/empty");
}

static void knows_the_partitions(void **state)
{
    (void)state;
    make_gpt_image();
    make_survey("survey.img");
    assert_whole();
    assert_covered();
    assert_int_equal(survey.scheme, SURVEY_SCHEME_GPT);
    assert_int_equal(survey.sector_size, 512);
    assert_false(survey.is_ours);
    assert_false(survey.is_disc);
    assert_false(survey.has_stages);
    assert_memory_equal(survey.disk_guid.bytes,
                        "\x78\x56\x34\x12\x34\x12\x34\x12\x12\x34\x12\x34\x56\x78\x9a\xbc", 16);
    assert_int_equal(survey.partition_count, 2);
    assert_int_equal(survey.partitions[0].number, 1);
    assert_int_equal(survey.partitions[0].start, MIB);
    assert_int_equal(survey.partitions[0].size, 40 * MIB);
    assert_memory_equal(&survey.partitions[0].type, &GPT_TYPE_ESP, sizeof(struct guid));
    assert_string_equal(survey.partitions[0].name, "M\xc3\xbcsli");
    assert_int_equal(item_named("backup GPT header")->start, 48 * MIB - 512);
    assert_int_equal(item_named("GPT entries")->size, 16384);
}

static void knows_the_files(void **state)
{
    struct sha256 hash;
    uint8_t expected[SHA256_SIZE], bytes[700];
    const struct survey_item *item;

    (void)state;
    make_gpt_image();
    make_survey("survey.img");
    assert_int_equal(survey.volume_count, 1);
    assert_int_equal(survey.boot_volume, 0);
    assert_int_equal(survey.volumes[0].type, FAT32);
    assert_int_equal(survey.volumes[0].partition, 1);
    assert_int_equal(survey.volumes[0].volume_id, 0x11223344);
    assert_string_equal(survey.volumes[0].label, "SURVEY");
    /* The root, dir, second in two clusters, "in pieces" in ten. */
    assert_int_equal(survey.volumes[0].cluster_count - survey.volumes[0].free_clusters, 14);

    memset(bytes, 'x', sizeof(bytes));
    sha256_start(&hash);
    sha256_add(&hash, bytes, sizeof(bytes));
    sha256_finish(&hash, expected);
    assert_true(file_named("/dir/second")->has_sha256);
    assert_int_equal(file_named("/dir/second")->size, 700);
    assert_memory_equal(file_named("/dir/second")->sha256, expected, sizeof(expected));
    assert_true(file_named("/dir")->is_directory);
    assert_true(file_named("/")->is_directory);
    assert_int_equal(file_named("/empty")->size, 0);
    assert_int_equal(survey.items[file_named("/empty")->item].extent_count, 0);

    item = &survey.items[file_named("/in pieces")->item];
    assert_true(item->extent_count > 1);
    assert_int_equal(item->size, 5000);
    uint64_t size = 0;
    for (size_t i = 0; i < item->extent_count; i++)
        size += item->extents[i].size;
    assert_int_equal(size, 5120);
    assert_ptr_equal(survey_item_at(&survey, item->extents[1].start), item);
}

static void knows_the_small_kinds(void **state)
{
    (void)state;
    run("rm -f survey.img && truncate -s 20M survey.img && printf '2048,,0x0e,*\\n' | sfdisk -q "
        "survey.img && mkfs.fat -F 16 -n SIXTEEN --offset 2048 survey.img 19456 >/dev/null");
    make_survey("survey.img");
    assert_whole();
    assert_covered();
    assert_int_equal(survey.scheme, SURVEY_SCHEME_MBR);
    assert_int_equal(survey.partition_count, 1);
    assert_int_equal(survey.partitions[0].mbr_type, 0x0e);
    assert_true(survey.partitions[0].is_active);
    assert_int_equal(survey.volumes[0].type, FAT16);
    assert_int_equal(survey.boot_volume, survey.volume_count);
    forget(NULL);

    run("rm -f survey.img && truncate -s 1440K survey.img && mkfs.fat -F 12 survey.img >/dev/null");
    make_survey("survey.img");
    assert_whole();
    assert_covered();
    assert_int_equal(survey.scheme, SURVEY_SCHEME_NONE);
    assert_int_equal(survey.volumes[0].type, FAT12);
    assert_int_equal(survey.boot_volume, 0);
    assert_int_equal(survey.volumes[0].partition, 0);
}

/* A sector that cannot be read is a finding, of whatever it belongs to. */
static void survives_a_bad_disk(void **state)
{
    struct watched_reader disk;
    struct error error = {0};
    uint64_t reads;

    (void)state;
    make_gpt_image();
    image = load_file("survey.img", &image_size);
    watch(&disk, image, image_size);
    assert_true(survey_make(&disk.reader, NULL, &survey, &error));
    reads = disk.reads;
    for (uint64_t i = 1; i <= reads; i += 1 + reads / 200) {
        survey_free(&survey);
        watch(&disk, image, image_size);
        disk.fail_at = i;
        assert_true(survey_make(&disk.reader, NULL, &survey, &error));
    }
}

/* What is no disk at all. */
static void surveys_anything(void **state)
{
    static const uint8_t zeros[8192];
    struct memory_reader disk;
    struct error error = {0};

    (void)state;
    for (uint64_t size = 0; size <= sizeof(zeros); size += 256) {
        memory_reader_init(&disk, zeros, size);
        assert_true(survey_make(&disk.reader, NULL, &survey, &error));
        assert_int_equal(survey.disk_size, size);
        survey_free(&survey);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(knows_the_partitions, forget),
        cmocka_unit_test_teardown(knows_the_files, forget),
        cmocka_unit_test_teardown(knows_the_small_kinds, forget),
        cmocka_unit_test_teardown(survives_a_bad_disk, forget),
        cmocka_unit_test(surveys_anything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
