/* SPDX-License-Identifier: MIT */
/* A disk image for programs: docs/schema/inspect.json describes it. */
#include "disk/partition_name.h"
#include "show/inspect_image.h"

static void encode_disk(const struct survey *survey, struct json_object *out)
{
    json_put_number(out, "size", survey->disk_size);
    json_put_bool(out, "is_whole", survey->damaged_count == 0);
    json_put_bool(out, "is_by_mkimage", survey->is_ours);
    json_put_bool(out, "is_sealed", survey->is_sealed);
    json_put_text(out, "partition_table", survey_scheme_text(survey->scheme));
    json_put_bool(out, "is_hybrid", survey->is_hybrid);
    if (survey->sector_size != 0)
        json_put_number(out, "sector_size", survey->sector_size);
    if (survey->scheme == SURVEY_SCHEME_GPT)
        json_put_text(out, "disk_guid", guid_words(&survey->disk_guid).text);
    if (survey->has_mbr)
        json_put_address(out, "disk_signature", survey->disk_signature);
    if (survey->is_disc)
        json_put_text(out, "disc_label", survey->disc_label);
    if (survey->has_stages) {
        json_put_text(out, "stages_version", survey->stages_version);
        json_put_bool(out, "stages_are_own", survey->is_own_version);
    }
    if (survey->application_version[0] != '\0')
        json_put_text(out, "application_version", survey->application_version);
}

static void encode_partitions(const struct survey *survey, struct json_object *out)
{
    struct json_object *array = json_put_array(out, "partitions");

    for (size_t i = 0; i < survey->partition_count; i++) {
        const struct survey_partition *partition = &survey->partitions[i];
        struct json_object *object = json_append_object(array);

        json_put_number(object, "number", partition->number);
        json_put_number(object, "start", partition->start);
        json_put_number(object, "size", partition->size);
        if (survey->scheme == SURVEY_SCHEME_GPT) {
            json_put_text(object, "type", partition_gpt_name(&partition->type));
            json_put_text(object, "type_guid", guid_words(&partition->type).text);
            json_put_text(object, "guid", guid_words(&partition->guid).text);
            json_put_text(object, "name", partition->name);
            json_put_address(object, "attributes", partition->attributes);
        } else {
            json_put_text(object, "type", partition_mbr_name(partition->mbr_type));
            json_put_number(object, "mbr_type", partition->mbr_type);
            json_put_bool(object, "is_active", partition->is_active);
        }
    }
}

static void encode_volumes(const struct survey *survey, struct json_object *out)
{
    struct json_object *array = json_put_array(out, "file_systems");

    for (size_t i = 0; i < survey->volume_count; i++) {
        const struct survey_volume *volume = &survey->volumes[i];
        struct json_object *object = json_append_object(array);

        json_put_text(object, "type", fat_type_text(volume->type));
        if (volume->partition != 0)
            json_put_number(object, "partition", volume->partition);
        json_put_number(object, "start", volume->start);
        json_put_number(object, "size", volume->size);
        json_put_text(object, "label", volume->label);
        json_put_address(object, "id", volume->volume_id);
        json_put_number(object, "sector_size", volume->sector_size);
        json_put_number(object, "cluster_size", volume->cluster_size);
        json_put_number(object, "clusters", volume->cluster_count);
        json_put_number(object, "free_clusters", volume->free_clusters);
        json_put_bool(object, "is_booted_from", i == survey->boot_volume);
    }
}

static void encode_files(const struct survey *survey, struct json_object *out)
{
    struct json_object *array = json_put_array(out, "files");

    for (size_t i = 0; i < survey->file_count; i++) {
        const struct survey_file *file = &survey->files[i];
        struct json_object *object = json_append_object(array);

        json_put_text(object, "path", file->path);
        json_put_number(object, "file_system", file->volume);
        json_put_bool(object, "is_directory", file->is_directory);
        if (file->is_directory)
            continue;
        json_put_number(object, "size", file->size);
        if (file->has_sha256)
            json_put_bytes(object, "sha256", file->sha256, sizeof(file->sha256));
    }
}

static void encode_kernel(const struct survey *survey, struct json_object *out)
{
    const struct elf_kernel *elf = &survey->kernel.elf;
    struct json_object *kernel, *array;

    if (survey->kernel_path == NULL)
        return;
    kernel = json_put_object(out, "kernel");
    json_put_text(kernel, "path", survey->kernel_path);
    json_put_bool(kernel, "boots", survey->has_kernel);
    if (!survey->has_kernel)
        return;
    json_put_bool(kernel, "is_position_independent", elf->is_position_independent);
    json_put_address(kernel, "entry", elf->entry);
    array = json_put_array(kernel, "segments");
    for (uint32_t i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *segment = &elf->segments[i];
        struct json_object *object = json_append_object(array);

        json_put_number(object, "index", segment->index);
        json_put_address(object, "address", segment->address);
        json_put_number(object, "memory_size", segment->memory_size);
        json_put_number(object, "file_size", segment->file_size);
        json_put_number(object, "file_offset", segment->file_offset);
        json_put_number(object, "alignment", segment->alignment);
        json_put_text(object, "access", access_text(segment->flags).text);
    }
    request_encode(&survey->kernel, kernel);
}

static void encode_words(const struct survey *survey, struct json_object *out)
{
    struct json_object *array;

    if (survey->words_count == 0)
        return;
    array = json_put_array(out, "last_words");
    for (size_t i = 0; i < survey->words_count; i++) {
        const struct survey_words *words = &survey->words[i];
        struct json_object *object = json_append_object(array);

        json_put_number(object, "boot", words->number);
        if (words->time > 0)
            json_put_number(object, "time", (uint64_t)words->time);
        json_put_bool(object, "is_of_failure", words->is_of_failure);
        json_put_text_of(object, "text", words->text, words->size);
    }
}

static void encode_structures(const struct survey *survey, struct json_object *out)
{
    struct json_object *array = json_put_array(out, "structures");

    for (size_t i = 0; i < survey->item_count; i++) {
        const struct survey_item *item = &survey->items[i];
        struct json_object *object = json_append_object(array), *extents;

        json_put_text(object, "kind", survey_kind_name(item->kind));
        json_put_text(object, "name", item->name);
        json_put_text(object, "state", survey_state_text(item->state));
        json_put_number(object, "depth", item->depth);
        json_put_number(object, "start", item->start);
        json_put_number(object, "size", item->size);
        if (item->extent_count < 2)
            continue;
        extents = json_put_array(object, "extents");
        for (size_t j = 0; j < item->extent_count; j++) {
            struct json_object *extent = json_append_object(extents);

            json_put_number(extent, "start", item->extents[j].start);
            json_put_number(extent, "size", item->extents[j].size);
        }
    }
}

static void encode_findings(const struct survey *survey, struct json_object *out)
{
    struct json_object *array = json_put_array(out, "findings");

    for (size_t i = 0; i < survey->finding_count; i++) {
        const struct survey_finding *finding = &survey->findings[i];
        struct json_object *object = json_append_object(array);

        json_put_number(object, "structure", finding->item);
        json_put_text(object, "state", survey_state_text(finding->state));
        json_put_number(object, "start", finding->start);
        json_put_number(object, "size", finding->size);
        json_put_error(object, "error", &finding->error);
    }
}

void image_encode(const struct subject *subject, struct json_object *out)
{
    const struct survey *survey = subject->image;

    json_put_text(out, "kind", "image");
    json_put_text(out, "file", subject->path);
    encode_disk(survey, out);
    encode_partitions(survey, out);
    encode_volumes(survey, out);
    encode_files(survey, out);
    if (survey->boot_conf != NULL)
        json_put_text_of(out, "boot_conf", survey->boot_conf, survey->boot_conf_size);
    encode_words(survey, out);
    encode_kernel(survey, out);
    encode_structures(survey, out);
    encode_findings(survey, out);
}
