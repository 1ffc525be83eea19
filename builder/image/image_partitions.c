/* SPDX-License-Identifier: MIT */
/* The user's own partitions, behind the EFI system partition. */
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "disk/partition_type.h"
#include "format/stage.h"
#include "image/image_plan.h"
#include "text/guid_text.h"

static bool check_name(const char *name, struct error *error)
{
    size_t length = strlen(name);

    for (size_t i = 0; i < length; i++)
        if (name[i] < ' ' || name[i] > '~')
            return FAIL(error, PARTITION_NAME, (uint8_t)name[i]);
    return (length >= 1 && length <= GPT_NAME_MAX) || FAIL(error, PARTITION_NAME_LENGTH, length);
}

static bool take_partition(const struct mkimage_partition *wanted, enum mkimage_scheme scheme,
                           struct image_partition *partition, struct gpt_part *part,
                           struct error *error)
{
    struct partition_type type;

    partition->host.fd = -1;
    content_init(&partition->content);
    if (!check_name(wanted->name, error))
        return false;
    if (!partition_type_parse(wanted->type, &type))
        return FAIL_WITH(error, PARTITION_TYPE, wanted->type);
    if (scheme == MKIMAGE_GPT ? !type.has_guid : !type.has_mbr)
        return FAIL_WITH(error, PARTITION_TYPE_SCHEME, wanted->type);
    if (wanted->source != NULL) {
        if (!host_file_open(wanted->source, &partition->host, error))
            return false;
        content_add_file(&partition->content, partition->host.fd, 0, partition->host.reader.size);
    }
    if (wanted->size > UINT64_MAX / 2)
        return FAIL(error, PARTITION_SIZE);
    part->size = align_up(maximum(wanted->size, partition->content.reader.size), MIB);
    if (part->size == 0)
        return FAIL(error, PARTITION_SIZE);
    part->type = type.guid;
    part->name = wanted->name;
    partition->mbr_type = type.mbr;
    return true;
}

bool image_partitions_take(const struct mkimage_spec *spec, struct image_plan *plan,
                           struct error *error)
{
    const size_t most =
        spec->scheme == MKIMAGE_GPT ? COUNT_OF(plan->partitions) : MBR_ENTRY_COUNT - 1;
    uint64_t room = IMAGE_SIZE_MAX;

    if (spec->partition_count > most) {
        FAIL(error, PARTITION_COUNT, spec->partition_count, most);
        return error_in(error, spec->output);
    }
    for (size_t i = 0; i < spec->partition_count; i++) {
        plan->partition_count++;
        if (!take_partition(&spec->partitions[i], spec->scheme, &plan->partitions[i],
                            &plan->parts[PARTS_OF_OURS + i], error))
            return error_in(error, spec->partitions[i].name);
        if (plan->parts[PARTS_OF_OURS + i].size > room) {
            FAIL(error, IMAGE_TOO_LARGE, IMAGE_SIZE_MAX / MIB);
            return error_in(error, spec->output);
        }
        room -= plan->parts[PARTS_OF_OURS + i].size;
    }
    return true;
}

uint64_t image_partitions_size(const struct image_plan *plan)
{
    uint64_t size = 0;

    for (size_t i = 0; i < plan->partition_count; i++)
        size += plan->parts[PARTS_OF_OURS + i].size;
    return size;
}

void image_partitions_place(struct image_plan *plan, uint64_t start)
{
    for (size_t i = 0; i < plan->partition_count; i++) {
        struct gpt_part *part = &plan->parts[PARTS_OF_OURS + i];

        part->guid = identity_partition(&plan->identity, (uint32_t)i);
        part->start = start;
        start += part->size;
    }
}
