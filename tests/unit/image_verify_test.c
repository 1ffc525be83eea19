/* SPDX-License-Identifier: MIT */
/* An image is planned and written, then damaged: the verification has to find it. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/units.h"
#include "elf_builder.h"
#include "format/stage.h"
#include "image/image_plan.h"
#include "support.h"

static struct image_plan plan;
static struct output written;
static uint8_t *image; /* the file itself, in memory */
static uint64_t image_size;

static void make_kernel(void)
{
    static struct elf_builder builder;

    elf_builder_init(&builder, 0x200000);
    elf_builder_add(&builder, 0x200000, 10000, 10000, ELF_READ | ELF_EXECUTE);
    elf_builder_finish(&builder);
    save_file("verify.elf", builder.bytes, builder.size);
    free(builder.bytes);
}

static void write_image(const struct mkimage_spec *spec)
{
    static uint8_t stage1[STAGE1_PATCH_OFFSET], stage1_disc[STAGE1_PATCH_OFFSET], stage2[5000],
        stage3[20000], application[30000];
    struct stage2_header header = {.magic = STAGE2_MAGIC};
    const struct stages stages = {
        .stage1 = {stage1, sizeof(stage1)},
        .stage1_disc = {stage1_disc, sizeof(stage1_disc)},
        .stage2 = {stage2, sizeof(stage2)},
        .stage3 = {stage3, sizeof(stage3)},
        .stage3_size = 2 * sizeof(stage3),
        .uefi_application = {application, sizeof(application)},
        .uefi_application_32 = {application, sizeof(application)},
    };
    struct error error = {0};

    memset(stage1, 1, sizeof(stage1));
    memset(stage1_disc, 5, sizeof(stage1_disc));
    memset(stage2, 2, sizeof(stage2));
    memset(stage3, 3, sizeof(stage3));
    memset(application, 4, sizeof(application));
    memcpy(stage2, &header, sizeof(header));
    make_kernel();
    assert_true(image_plan_make(spec, &stages, &plan, &error));
    assert_true(output_prepare("verify.img", &written, &error));
    assert_true(output_open(&written, &error));
    assert_true(image_write(&plan, &written, &error));
    image_size = plan.size;
    image = mmap(NULL, image_size, PROT_READ | PROT_WRITE, MAP_SHARED, written.fd, 0);
    assert_ptr_not_equal(image, MAP_FAILED);
}

static int write_gpt_image(void **state)
{
    (void)state;
    write_image(&(struct mkimage_spec){
        .kernel = "verify.elf", .command_line = "one two", .sector_size = 512});
    return 0;
}

static int write_mbr_image(void **state)
{
    (void)state;
    write_image(&(struct mkimage_spec){.kernel = "verify.elf",
                                       .command_line = "one two",
                                       .sector_size = 512,
                                       .scheme = MKIMAGE_MBR});
    return 0;
}

static int free_image(void **state)
{
    (void)state;
    munmap(image, image_size);
    output_discard(&written);
    image_plan_free(&plan);
    return 0;
}

static bool verify(struct error *error)
{
    return image_verify(&plan, &written, error);
}

/* Turns one bit around, verifies, and turns it back. */
static void assert_noticed(uint64_t offset)
{
    struct error error = {0};
    bool is_noticed;

    assert_true(offset < image_size);
    image[offset] ^= 0x10;
    is_noticed = !verify(&error);
    image[offset] ^= 0x10;
    if (!is_noticed)
        fail_msg("nobody noticed the damage at 0x%lx", offset);
    assert_error(&error, error.code);
}

static void accepts_what_was_written(void **state)
{
    struct error error = {0};

    (void)state;
    assert_true(verify(&error));
}

static void notices_damage_to_the_boot_chain(void **state)
{
    (void)state;
    for (uint64_t offset = 0; offset < 512; offset += 7)
        assert_noticed(offset);
    for (uint64_t offset = 0; offset < plan.chain.size; offset += 997)
        assert_noticed(STAGE2_OFFSET + offset);
    assert_noticed(STAGE2_OFFSET + plan.chain.size - 1);
}

static void notices_damage_to_the_disc(void **state)
{
    (void)state;
    for (uint64_t offset = ISO_START; offset < DISC_STAGE1_OFFSET + ISO_BLOCK_SIZE; offset += 13)
        assert_noticed(offset);
}

static void notices_damage_to_the_partition_tables(void **state)
{
    (void)state;
    for (uint64_t offset = 0; offset < sizeof(struct gpt_header); offset++) {
        assert_noticed(512 + offset);
        assert_noticed(image_size - 512 + offset);
    }
    for (uint64_t offset = 0; offset < 128 * sizeof(struct gpt_entry); offset += 61) {
        assert_noticed(1024 + offset);
        assert_noticed(image_size - 33 * 512 + offset);
    }
}

/* The plan itself is wrong, so that sector 0 is as planned. */
static void assert_entry_noticed(unsigned index, struct mbr_entry entry)
{
    uint64_t offset = 446 + index * sizeof(entry);
    struct error error = {0};
    struct mbr_entry good;
    bool is_noticed;

    memcpy(&good, image + offset, sizeof(good));
    memcpy(image + offset, &entry, sizeof(entry));
    memcpy(plan.chain.boot_sector + offset, &entry, sizeof(entry));
    is_noticed = !verify(&error);
    memcpy(image + offset, &good, sizeof(good));
    memcpy(plan.chain.boot_sector + offset, &good, sizeof(good));
    assert_true(is_noticed);
    assert_error(&error, error.code);
}

static void notices_a_gpt_that_nothing_protects(void **state)
{
    (void)state;
    assert_entry_noticed(0, mbr_partition_entry(MBR_TYPE_ESP, MIB, 33 * MIB, 512));
}

static void notices_an_mbr_that_leads_elsewhere(void **state)
{
    (void)state;
    assert_int_equal(plan.parts[1].size, 33 * MIB);
    assert_entry_noticed(0, mbr_partition_entry(MBR_TYPE_ESP, MIB + 512, 33 * MIB - 512, 512));
    assert_entry_noticed(0, mbr_partition_entry(MBR_TYPE_ESP, MIB, 33 * MIB - 512, 512));
    assert_entry_noticed(0, mbr_partition_entry(MBR_TYPE_ESP, MIB, 35 * MIB, 512));
    assert_entry_noticed(0, (struct mbr_entry){0});
    assert_entry_noticed(1, mbr_protective_entry(plan.size, 512));
}

static void notices_damage_to_the_file_system(void **state)
{
    const struct fat_layout *fat = &plan.fat;
    uint64_t start = plan.parts[1].start;
    uint64_t table = start + (uint64_t)fat->reserved_sectors * 512;

    (void)state;
    /* bytes per sector, per cluster, reserved, FATs, FAT size, root cluster, signature */
    static const uint16_t fields[] = {11, 12, 13, 14, 15, 16, 36, 37, 44, 510, 511};
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        assert_noticed(start + fields[i]);
    for (uint32_t cluster = 2; cluster < fat->used_clusters + 2; cluster++) {
        assert_noticed(table + cluster * 4);
        assert_noticed(table + fat->fat_sectors * UINT64_C(512) + cluster * 4 + 1);
    }
}

static void notices_damage_to_files_and_directories(void **state)
{
    (void)state;
    for (struct fat_node *node = plan.tree; node != NULL; node = fat_tree_next(node)) {
        uint64_t start = plan.parts[1].start + fat_cluster_offset(&plan.fat, node->first_cluster);

        if (node->is_directory)
            continue;
        for (uint64_t offset = 0; offset < node->size; offset += 511)
            assert_noticed(start + offset);
        assert_noticed(start + node->size - 1);
    }

    /* A name, a first cluster and a size in the root directory: the entry of KERNEL.ELF. */
    uint64_t root = plan.parts[1].start + fat_cluster_offset(&plan.fat, 2);
    uint64_t entry = root;
    while (memcmp(image + entry, "KERNEL  ELF", 11) != 0)
        entry += 32;
    assert_noticed(entry + 26);
    assert_noticed(entry + 28);
    assert_noticed(entry + 31);
}

/* The hash was taken of a kernel that nobody had checked. */
static void notices_a_kernel_that_was_not_checked(void **state)
{
    struct error error = {0};

    (void)state;
    plan.kernel.elf.segments[0].flags ^= ELF_EXECUTE;
    assert_false(verify(&error));
    plan.kernel.elf.segments[0].flags ^= ELF_EXECUTE;
    assert_error(&error, ERROR_HOST_CHANGED);
    plan.kernel.request.stack_size++;
    assert_false(verify(&error));
    plan.kernel.request.stack_size--;
    assert_error(&error, ERROR_HOST_CHANGED);
    assert_true(verify(&error));
}

/* A file that is written to while mkimage reads it is its writer's fault, not the disk's. */
static void tells_a_changed_input_from_a_bad_disk(void **state)
{
    struct error error = {0};
    uint64_t size;
    uint8_t *kernel = load_file("verify.elf", &size);

    (void)state;
    kernel[size - 1] ^= 1;
    save_file("verify.elf", kernel, size);
    image[plan.parts[1].start +
          fat_cluster_offset(&plan.fat, fat_tree_next(plan.tree)->first_cluster) + size - 1] ^= 1;
    assert_false(verify(&error));
    assert_error(&error, ERROR_HOST_CHANGED);
    assert_string_equal(error.object, "verify.elf");
    free(kernel);
}

int main(void)
{
    const struct CMUnitTest gpt[] = {
        cmocka_unit_test(accepts_what_was_written),
        cmocka_unit_test(notices_damage_to_the_boot_chain),
        cmocka_unit_test(notices_damage_to_the_disc),
        cmocka_unit_test(notices_damage_to_the_partition_tables),
        cmocka_unit_test(notices_a_gpt_that_nothing_protects),
        cmocka_unit_test(notices_damage_to_the_file_system),
        cmocka_unit_test(notices_damage_to_files_and_directories),
        cmocka_unit_test(notices_a_kernel_that_was_not_checked),
        cmocka_unit_test(tells_a_changed_input_from_a_bad_disk),
    };
    const struct CMUnitTest mbr[] = {
        cmocka_unit_test(accepts_what_was_written),
        cmocka_unit_test(notices_damage_to_the_boot_chain),
        cmocka_unit_test(notices_an_mbr_that_leads_elsewhere),
        cmocka_unit_test(notices_damage_to_the_file_system),
    };

    return cmocka_run_group_tests(gpt, write_gpt_image, free_image) +
           cmocka_run_group_tests(mbr, write_mbr_image, free_image);
}
