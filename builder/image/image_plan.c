/* SPDX-License-Identifier: MIT */
#include "image/image_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/units.h"
#include "disk/partition_type.h"
#include "format/stage.h"
#include "listener.h"

#define LABEL "BOWLINE"

#define DEFAULT_SECTOR_SIZE 512

static void add_number(struct sha256 *hash, uint64_t number)
{
    uint8_t bytes[8];

    store_le64(bytes, number);
    sha256_add(hash, bytes, sizeof(bytes));
}

static void add_text(struct sha256 *hash, const char *text)
{
    sha256_add(hash, text, strlen(text) + 1);
}

/* What else makes one image differ from another with the same files. */
static void add_layout(struct sha256 *hash, const struct mkimage_spec *spec)
{
    add_number(hash, spec->sector_size);
    add_number(hash, spec->scheme);
    add_number(hash, spec->mbr_type);
    add_number(hash, spec->mbr_active);
    add_number(hash, spec->size);
    add_number(hash, spec->free);
    add_number(hash, spec->fat);
    add_number(hash, spec->no_bios);
    add_text(hash, spec->label);
    add_text(hash, spec->seed);
}

/* The user's own partitions: their contents and what the table says of them. */
static bool add_partitions(struct sha256 *hash, struct image_plan *plan, struct error *error)
{
    for (size_t i = 0; i < plan->partition_count; i++) {
        struct image_partition *partition = &plan->partitions[i];
        const struct gpt_part *part = &plan->parts[PARTS_OF_OURS + i];

        if (!fingerprint_reader(&partition->content.reader, &partition->fingerprint, error))
            return error_in(error, part->name);
        add_text(hash, part->name);
        sha256_add(hash, part->type.bytes, sizeof(part->type.bytes));
        add_number(hash, partition->mbr_type);
        add_number(hash, part->size);
        sha256_add(hash, partition->fingerprint.bytes, sizeof(partition->fingerprint.bytes));
    }
    return true;
}

/* Every byte is read to be hashed, copied, and read back. */
static void expect_work(const struct image_plan *plan)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < plan->file_count; i++)
        bytes += plan->files[i]->content.reader.size;
    for (size_t i = 0; i < plan->partition_count; i++)
        bytes += plan->partitions[i].content.reader.size;
    listener_expect(bytes * 3);
}

/* Hashes all that is going to be in the image, and derives its identity from that. */
static bool identify(const struct mkimage_spec *spec, const struct stages *stages,
                     struct image_plan *plan, struct error *error)
{
    uint8_t digest[SHA256_SIZE];
    struct sha256 hash;

    sha256_start(&hash);
    add_layout(&hash, spec);
    add_number(&hash, plan->file_count);
    expect_work(plan);
    for (size_t i = 0; i < plan->file_count; i++) {
        struct image_file *file = plan->files[i];

        if (!fingerprint_reader(&file->content.reader, &file->fingerprint, error))
            return error_in(error, file->source);
        add_text(&hash, file->path);
        add_number(&hash, file->content.reader.size);
        sha256_add(&hash, file->fingerprint.bytes, sizeof(file->fingerprint.bytes));
    }
    if (!add_partitions(&hash, plan, error))
        return false;
    sha256_add(&hash, &plan->seal, sizeof(plan->seal));
    sha256_add(&hash, stages->stage1.bytes, stages->stage1.size);
    sha256_add(&hash, stages->stage1_disc.bytes, stages->stage1_disc.size);
    sha256_add(&hash, stages->stage2.bytes, stages->stage2.size);
    sha256_add(&hash, stages->stage3.bytes, stages->stage3.size);
    sha256_finish(&hash, digest);
    identity_derive(digest, &plan->identity);
    return true;
}

/* Everything in the image that is not in the EFI system partition. */
static uint64_t size_around(const struct image_plan *plan)
{
    /*
     * The backup table lies in the last MiB, so that the image's size is round as well. Without one
     * the room stays free, for tools that make a GPT of an MBR.
     */
    return ESP_OFFSET + image_partitions_size(plan) + MIB;
}

/* FAT32 is what firmware knows best and what holds most; too small a size asks for another. */
static const enum fat_type types[] = {FAT32, FAT16, FAT12};

static bool is_allowed(const struct mkimage_spec *spec, enum fat_type type)
{
    if (spec->fat != MKIMAGE_FAT_ANY)
        return type == (enum fat_type)spec->fat;
    return type == FAT32 || spec->size != 0;
}

/* Where none fits, the error is that of the first, which would have held the most. */
static bool lay_out(struct image_plan *plan, const struct mkimage_spec *spec,
                    struct fat_options *options, struct error *error)
{
    struct error ignored, *reason = error;

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        if (!is_allowed(spec, types[i]))
            continue;
        options->type = types[i];
        if (fat_layout(plan->tree, options, &plan->fat, reason))
            return true;
        reason = &ignored;
    }
    return error_in(error, spec->output);
}

/* The size that was asked for is too small, or FAT cannot have it, which *error says already. */
static bool explain_size(const struct image_plan *plan, const struct mkimage_spec *spec,
                         struct fat_options options, struct error *error)
{
    uint64_t needed = UINT64_MAX;
    struct error never; /* why it would not even fit into the largest image: the first's reason */
    struct error ignored, *reason = &never;

    options.size = 0;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct fat_layout smallest;

        if (!is_allowed(spec, types[i]))
            continue;
        options.type = types[i];
        if (fat_layout(plan->tree, &options, &smallest, reason))
            needed = minimum(needed, fat_layout_size(&smallest) + size_around(plan));
        reason = &ignored;
    }
    if (needed == UINT64_MAX)
        *error = never;
    else if (needed > spec->size)
        FAIL(error, IMAGE_TOO_SMALL, spec->size / MIB, needed / MIB);
    return error_in(error, spec->output);
}

static bool plan_file_system(const struct mkimage_spec *spec, struct image_plan *plan,
                             struct error *error)
{
    struct fat_options options = {
        .sector_size = plan->sector_size,
        .granularity = MIB, /* sgdisk warns of partitions with odd ends */
        .free = spec->free,
        .start = ESP_OFFSET,
        .label = spec->label,
        .volume_id = plan->identity.volume_id,
    };

    if (!identity_time(&options.time, error))
        return false;
    if (spec->size == 0)
        return lay_out(plan, spec, &options, error);
    if (spec->size <= size_around(plan))
        return explain_size(plan, spec, options, error);
    options.size = spec->size - size_around(plan);
    return lay_out(plan, spec, &options, error) || explain_size(plan, spec, options, error);
}

static void plan_partitions(struct image_plan *plan)
{
    uint64_t esp_size = fat_layout_size(&plan->fat);

    plan->parts[PART_BIOS_BOOT] = (struct gpt_part){
        .type = GPT_TYPE_BIOS_BOOT,
        .guid = plan->identity.bios_partition,
        .start = STAGE2_OFFSET,
        .size = ESP_OFFSET - STAGE2_OFFSET,
        .name = "BIOS boot",
    };
    plan->parts[PART_ESP] = (struct gpt_part){
        .type = GPT_TYPE_ESP,
        .guid = plan->identity.esp,
        .start = ESP_OFFSET,
        .size = esp_size,
        .name = "EFI system",
    };
    image_partitions_place(plan, ESP_OFFSET + esp_size);
    plan->size = size_around(plan) + esp_size;
    plan->gpt = (struct gpt_table){
        .sector_size = plan->sector_size,
        .disk_size = plan->size,
        .disk_guid = plan->identity.disk,
        .count = PARTS_OF_OURS + plan->partition_count,
        .parts = plan->parts,
    };
}

/* In sector 0: exactly one active entry, or none because a GPT needs none. */
static bool plan_mbr(const struct mkimage_spec *spec, struct image_plan *plan, struct error *error)
{
    const struct gpt_part *esp = &plan->parts[PART_ESP];
    uint8_t type = spec->mbr_type != 0 ? spec->mbr_type : MBR_TYPE_ESP;
    struct mbr_entry entries[MBR_ENTRY_COUNT] = {0};

    if (spec->scheme == MKIMAGE_MBR) {
        if (plan->size / plan->sector_size > UINT32_MAX) {
            FAIL(error, MBR_TOO_LARGE, plan->size / MIB);
            return error_in(error, spec->output);
        }
        entries[0] = mbr_partition_entry(type, esp->start, esp->size, plan->sector_size);
        for (size_t i = 0; i < plan->partition_count; i++) {
            const struct gpt_part *part = &plan->parts[PARTS_OF_OURS + i];

            entries[1 + i] = mbr_partition_entry(plan->partitions[i].mbr_type, part->start,
                                                 part->size, plan->sector_size);
            entries[1 + i].indicator = 0;
        }
    } else {
        entries[0] = mbr_protective_entry(plan->size, plan->sector_size);
        if (spec->mbr_active)
            entries[1] = mbr_dummy_entry();
    }
    mbr_write(entries, plan->identity.disk_signature, plan->chain.boot_sector);
    return true;
}

static void plan_disc(const struct mkimage_spec *spec, struct image_plan *plan)
{
    const struct gpt_part *esp = &plan->parts[PART_ESP];

    /* ECMA-119, 7.4.1: of what FAT allows, a disc's label has no spaces and dashes. */
    for (size_t i = 0; spec->label[i] != '\0'; i++)
        plan->iso_label[i] = strchr(" -", spec->label[i]) != NULL ? '_' : spec->label[i];

    plan->iso = (struct iso_volume){
        .label = plan->iso_label,
        .identifier = plan->identity.disk,
        .time = plan->fat.options.time,
        .size = plan->size,
        .esp_start = esp->start,
        .esp_size = esp->size,
    };
}

static bool plan_chain(const struct mkimage_spec *spec, const struct stages *stages,
                       struct image_plan *plan, struct error *error)
{
    if (!spec->no_bios)
        return bios_chain_make(stages, &plan->seal, plan->identity.disk_signature, &plan->chain,
                               error);
    bios_chain_leave_out(stages, &plan->chain);
    return true;
}

/* Is it a label on both file systems? */
static bool check_label(const struct mkimage_spec *spec, struct error *error)
{
    size_t length = strlen(spec->label);
    size_t good = strspn(spec->label, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_");

    if (length == 0 || length > FAT_SHORT_SIZE || good < length || spec->label[0] == ' ' ||
        spec->label[length - 1] == ' ')
        return FAIL_WITH(error, LABEL, spec->label);
    return true;
}

/* Command lines are checked before; callers of the library may pass anything. */
static bool check_numbers(const struct mkimage_spec *spec, struct error *error)
{
    if (spec->sector_size != 512 && spec->sector_size != 4096)
        return FAIL_WITH(error, SPECIFICATION, "sector_size", spec->sector_size);
    if (spec->size % MIB != 0)
        return FAIL_WITH(error, SPECIFICATION, "size", spec->size);
    if (spec->scheme != MKIMAGE_GPT && spec->scheme != MKIMAGE_MBR)
        return FAIL_WITH(error, SPECIFICATION, "scheme", spec->scheme);
    if (spec->fat != MKIMAGE_FAT_ANY && spec->fat != MKIMAGE_FAT12 && spec->fat != MKIMAGE_FAT16 &&
        spec->fat != MKIMAGE_FAT32)
        return FAIL_WITH(error, SPECIFICATION, "fat", spec->fat);
    if (spec->mbr_type != 0 && !is_mbr_type(spec->mbr_type))
        return FAIL_WITH(error, SPECIFICATION, "mbr_type", spec->mbr_type);
    return true;
}

static void describe(const struct image_plan *plan)
{
    for (size_t i = 0; i < PARTS_OF_OURS + plan->partition_count; i++) {
        const struct gpt_part *part = &plan->parts[i];

        listener_detail("%#12llx  %12llu bytes  partition %zu, %s", (unsigned long long)part->start,
                        (unsigned long long)part->size, i + 1, part->name);
    }
    for (struct fat_node *node = plan->tree; node != NULL; node = fat_tree_next(node)) {
        const char *bytes = (const char *)node->content;
        uint64_t start = node->first_cluster != 0
                             ? ESP_OFFSET + fat_cluster_offset(&plan->fat, node->first_cluster)
                             : 0;

        if (bytes != NULL)
            listener_detail(
                "%#12llx  %12llu bytes  %s", (unsigned long long)start,
                (unsigned long long)node->size,
                ((const struct image_file *)(bytes - offsetof(struct image_file, content)))->path);
    }
}

static struct mkimage_spec with_defaults(const struct mkimage_spec *spec)
{
    struct mkimage_spec result = *spec;

    if (result.command_line == NULL)
        result.command_line = "";
    result.seal |= result.seal_also != NULL;
    if (result.label == NULL)
        result.label = LABEL;
    if (result.seed == NULL)
        result.seed = "";
    if (result.sector_size == 0)
        result.sector_size = DEFAULT_SECTOR_SIZE;
    return result;
}

bool image_plan_make(const struct mkimage_spec *wanted, const struct stages *stages,
                     struct image_plan *plan, struct error *error)
{
    const struct mkimage_spec whole = with_defaults(wanted), *spec = &whole;

    *plan = (struct image_plan){.sector_size = spec->sector_size, .scheme = spec->scheme};
    if (!check_numbers(spec, error) || !check_label(spec, error) ||
        !image_inputs_take(spec, stages, plan, error) ||
        !image_partitions_take(spec, plan, error) || !identify(spec, stages, plan, error) ||
        !plan_chain(spec, stages, plan, error) || !plan_file_system(spec, plan, error))
        return false;
    plan_partitions(plan);
    if (plan->size > IMAGE_SIZE_MAX) {
        FAIL(error, IMAGE_TOO_LARGE, IMAGE_SIZE_MAX / MIB);
        return error_in(error, spec->output);
    }
    plan_disc(spec, plan);
    if (!plan_mbr(spec, plan, error))
        return false;
    describe(plan);
    return true;
}

static bool is_input(const struct output *output, const struct host_file *host)
{
    return host->fd >= 0 && output_is(output, host->fd);
}

bool image_plan_check_output(const struct image_plan *plan, const struct output *output,
                             struct error *error)
{
    const char *input = NULL;

    for (size_t i = 0; i < plan->file_count; i++)
        if (is_input(output, &plan->files[i]->host))
            input = plan->files[i]->source;
    for (size_t i = 0; i < plan->partition_count; i++)
        if (is_input(output, &plan->partitions[i].host))
            input = plan->parts[PARTS_OF_OURS + i].name;
    if (input == NULL)
        return true;
    FAIL_WITH(error, HOST_OUTPUT_IS_INPUT, input);
    return error_in(error, output->path);
}

static void free_file(struct image_file *file)
{
    if (file->host.fd >= 0)
        reader_close(&file->host.reader);
    free(file->path);
    free(file->source);
    free(file);
}

void image_plan_free(struct image_plan *plan)
{
    for (size_t i = 0; i < plan->file_count; i++)
        free_file(plan->files[i]);
    for (size_t i = 0; i < plan->partition_count; i++)
        if (plan->partitions[i].host.fd >= 0)
            reader_close(&plan->partitions[i].host.reader);
    free(plan->files);
    free(plan->boot_conf);
    free(plan->sealed_application);
    free(plan->sealed_application_32);
    free(plan->chain.stages);
    fat_tree_free(plan->tree);
    stripped_free(&plan->stripped);
    *plan = (struct image_plan){0};
}
