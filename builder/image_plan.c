/* SPDX-License-Identifier: MIT */
#include "image_plan.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/units.h"
#include "boot_conf.h"
#include "format/config.h"
#include "format/stage.h"

#define LABEL "BOWLINE"

/* A module lies in one directory with all others. */
static bool check_module_names(const struct image_spec *spec, struct error *error)
{
    for (size_t i = 0; i < spec->module_count; i++) {
        const char *name = spec->modules[i].name;

        if (name != NULL && strchr(name, '/') != NULL) {
            FAIL_WITH(error, NAME_CHARACTER, name, '/');
            return error_in(error, spec->modules[i].path);
        }
    }
    return true;
}

static bool open_file(struct image_plan *plan, const char *source, char *path,
                      struct image_file **out, struct error *error)
{
    struct image_file *file = &plan->files[plan->file_count];

    if (path == NULL)
        return FAIL(error, HOST_MEMORY);
    file->host.fd = -1;
    file->path = path;
    file->source = source;
    plan->file_count++;
    content_init(&file->content);
    if (!host_file_open(source, &file->host, error))
        return false;
    *out = file;
    return true;
}

/* Gives the file, now that its content is known, its place in the ESP. */
static bool place_file(struct image_plan *plan, const struct image_file *file, struct error *error)
{
    return fat_tree_add(plan->tree, file->path, &file->content, error) ||
           error_in(error, file->source);
}

static bool take_kernel(const struct image_spec *spec, struct image_plan *plan, struct error *error)
{
    struct image_file *file;

    if (!open_file(plan, spec->kernel, strdup(IMAGE_KERNEL_PATH), &file, error))
        return false;

    struct reader *whole = &file->host.reader;

    if (!kernel_check(whole, file->host.fd, &plan->kernel, error) ||
        !strip_debug(file->host.fd, whole->size, &plan->stripped, error))
        return error_in(error, spec->kernel);
    file->content = plan->stripped.content;
    if (plan->stripped.saved > 0 && !strip_verify(whole, &file->content.reader, error))
        return error_in(error, spec->kernel);
    return place_file(plan, file, error);
}

static bool take_modules(const struct image_spec *spec, struct image_plan *plan,
                         struct error *error)
{
    uint64_t in_memory = 0;

    for (size_t i = 0; i < spec->module_count; i++) {
        const struct image_module *module = &spec->modules[i];
        struct image_file *file;

        if (!open_file(plan, module->path, module_path(module), &file, error))
            return false;
        content_add_file(&file->content, file->host.fd, 0, file->host.reader.size);
        if (!place_file(plan, file, error))
            return false;
        in_memory += align_up(file->host.reader.size, PAGE_SIZE);
    }
    return kernel_check_layout(&plan->kernel, in_memory, error) || error_in(error, spec->kernel);
}

static bool take_bytes(struct image_plan *plan, const char *path, const void *bytes, size_t size,
                       struct error *error)
{
    struct image_file *file = &plan->files[plan->file_count];

    file->host.fd = -1;
    file->path = strdup(path);
    file->source = path;
    plan->file_count++;
    content_init(&file->content);
    content_add_bytes(&file->content, bytes, size);
    if (file->path == NULL)
        return FAIL(error, HOST_MEMORY);
    return place_file(plan, file, error);
}

static bool take_inputs(const struct image_spec *spec, const struct stages *stages,
                        struct image_plan *plan, struct error *error)
{
    enum { FILES_OF_OURS = 3 }; /* the kernel, boot.conf, the UEFI application */
    size_t length;

    plan->files = calloc(spec->module_count + FILES_OF_OURS, sizeof(plan->files[0]));
    plan->tree = fat_tree_create();
    if (plan->files == NULL || plan->tree == NULL)
        return FAIL(error, HOST_MEMORY);
    return check_module_names(spec, error) && take_kernel(spec, plan, error) &&
           take_modules(spec, plan, error) &&
           boot_conf_make(spec, &plan->boot_conf, &length, error) &&
           take_bytes(plan, CONFIG_PATH, plan->boot_conf, length, error) &&
           take_bytes(plan, IMAGE_UEFI_PATH, stages->uefi_application.bytes,
                      stages->uefi_application.size, error);
}

static void add_number(struct sha256 *hash, uint64_t number)
{
    uint8_t bytes[8];

    store_le64(bytes, number);
    sha256_add(hash, bytes, sizeof(bytes));
}

/* What else makes one image differ from another with the same files. */
static void add_layout(struct sha256 *hash, const struct image_spec *spec)
{
    add_number(hash, spec->sector_size);
    add_number(hash, spec->scheme);
    add_number(hash, spec->mbr_type);
    add_number(hash, spec->mbr_active);
}

/* Hashes all that is going to be in the image, and derives its identity from that. */
static bool identify(const struct image_spec *spec, const struct stages *stages,
                     struct image_plan *plan, struct error *error)
{
    uint8_t digest[SHA256_SIZE];
    struct sha256 hash;

    sha256_start(&hash);
    add_layout(&hash, spec);
    add_number(&hash, plan->file_count);
    for (size_t i = 0; i < plan->file_count; i++) {
        struct image_file *file = &plan->files[i];

        if (!hash_reader(&file->content.reader, file->sha256, error))
            return error_in(error, file->source);
        sha256_add(&hash, file->path, strlen(file->path) + 1);
        add_number(&hash, file->content.reader.size);
        sha256_add(&hash, file->sha256, sizeof(file->sha256));
    }
    sha256_add(&hash, stages->stage1.bytes, stages->stage1.size);
    sha256_add(&hash, stages->stage1_disc.bytes, stages->stage1_disc.size);
    sha256_add(&hash, stages->stage2.bytes, stages->stage2.size);
    sha256_add(&hash, stages->stage3.bytes, stages->stage3.size);
    sha256_finish(&hash, digest);
    identity_derive(digest, &plan->identity);
    return true;
}

static bool plan_file_system(struct image_plan *plan, struct error *error)
{
    struct fat_options options = {
        .type = FAT32,
        .sector_size = plan->sector_size,
        .granularity = MIB, /* sgdisk warns of partitions with odd ends */
        .start = ESP_OFFSET,
        .label = LABEL,
        .volume_id = plan->identity.volume_id,
    };

    return identity_time(&options.time, error) &&
           fat_layout(plan->tree, &options, &plan->fat, error);
}

static void plan_partitions(struct image_plan *plan)
{
    uint64_t esp_size = fat_layout_size(&plan->fat);

    plan->parts[0] = (struct gpt_part){
        .type = GPT_TYPE_BIOS_BOOT,
        .guid = plan->identity.bios_partition,
        .start = STAGE2_OFFSET,
        .size = ESP_OFFSET - STAGE2_OFFSET,
        .name = "BIOS boot",
    };
    plan->parts[1] = (struct gpt_part){
        .type = GPT_TYPE_ESP,
        .guid = plan->identity.esp,
        .start = ESP_OFFSET,
        .size = esp_size,
        .name = "EFI system",
    };
    /*
     * The backup table lies in the last MiB, so that the image's size is round as well. Without one
     * the room stays free, for tools that make a GPT of an MBR.
     */
    plan->size = ESP_OFFSET + esp_size + MIB;
    plan->gpt = (struct gpt_table){
        .sector_size = plan->sector_size,
        .disk_size = plan->size,
        .disk_guid = plan->identity.disk,
        .count = COUNT_OF(plan->parts),
        .parts = plan->parts,
    };
}

/* In sector 0: exactly one active entry, or none because a GPT needs none. */
static void plan_mbr(const struct image_spec *spec, struct image_plan *plan)
{
    const struct gpt_part *esp = &plan->parts[1];
    uint8_t type = spec->mbr_type != 0 ? spec->mbr_type : MBR_TYPE_ESP;
    struct mbr_entry entries[MBR_ENTRY_COUNT] = {0};

    if (spec->scheme == IMAGE_SCHEME_MBR) {
        entries[0] = mbr_partition_entry(type, esp->start, esp->size, plan->sector_size);
    } else {
        entries[0] = mbr_protective_entry(plan->size, plan->sector_size);
        if (spec->mbr_active)
            entries[1] = mbr_dummy_entry();
    }
    mbr_write(entries, plan->identity.disk_signature, plan->chain.boot_sector);
}

static void plan_disc(struct image_plan *plan)
{
    const struct gpt_part *esp = &plan->parts[1];

    plan->iso = (struct iso_volume){
        .label = LABEL,
        .identifier = plan->identity.disk,
        .time = plan->fat.options.time,
        .size = plan->size,
        .esp_start = esp->start,
        .esp_size = esp->size,
    };
}

bool image_plan_make(const struct image_spec *spec, const struct stages *stages,
                     struct image_plan *plan, struct error *error)
{
    *plan = (struct image_plan){.sector_size = spec->sector_size, .scheme = spec->scheme};
    if (!take_inputs(spec, stages, plan, error) || !identify(spec, stages, plan, error) ||
        !bios_chain_make(stages, plan->identity.disk_signature, &plan->chain, error) ||
        !plan_file_system(plan, error))
        return false;
    plan_partitions(plan);
    plan_mbr(spec, plan);
    plan_disc(plan);
    return true;
}

bool image_plan_check_output(const struct image_plan *plan, const struct output *output,
                             struct error *error)
{
    for (size_t i = 0; i < plan->file_count; i++) {
        const struct image_file *file = &plan->files[i];

        if (file->host.fd >= 0 && output_is(output, file->host.fd)) {
            FAIL_WITH(error, HOST_OUTPUT_IS_INPUT, file->source);
            return error_in(error, output->path);
        }
    }
    return true;
}

void image_plan_free(struct image_plan *plan)
{
    for (size_t i = 0; i < plan->file_count; i++) {
        if (plan->files[i].host.fd >= 0)
            reader_close(&plan->files[i].host.reader);
        free(plan->files[i].path);
    }
    free(plan->files);
    free(plan->boot_conf);
    free(plan->chain.stages);
    fat_tree_free(plan->tree);
    stripped_free(&plan->stripped);
    *plan = (struct image_plan){0};
}
